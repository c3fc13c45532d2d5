#include <ailoop/loop/query_source.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>

namespace ailoop {

UniformQueries::UniformQueries(const Facts& facts, Precision precision, std::uint64_t seed)
    : m_lower(facts.lower), m_upper(facts.upper), m_precision(precision), m_seed(seed) {}

void UniformQueries::query(std::int64_t index, std::span<double> x) const {
  AILOOP_REQUIRE(index >= 0 && x.size() == m_lower.size(), "UniformQueries: one number for each dimension");
  auto generator = kernels::generator<Kokkos::DefaultHostExecutionSpace>(m_seed, kernels::Purpose::query,
                                                                         static_cast<std::uint64_t>(index));
  for (std::size_t j = 0; j < x.size(); ++j) {
    x[j] = m_precision == Precision::float32
               ? static_cast<double>(kernels::uniform<float>(generator, m_lower[j], m_upper[j]))
               : kernels::uniform<double>(generator, m_lower[j], m_upper[j]);
  }
}

}  // namespace ailoop
