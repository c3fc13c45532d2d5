#include <ailoop/loop/query_source.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>

#include <algorithm>
#include <string>
#include <utility>

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

GridQueries::GridQueries(const Facts& facts, std::int64_t points)
    : m_lower(facts.lower), m_upper(facts.upper), m_points(points) {
  AILOOP_REQUIRE(points >= 1, "GridQueries: at least one point along each dimension");
  constexpr std::int64_t most = std::int64_t{1} << 62;
  for (std::size_t j = 0; j < m_lower.size(); ++j) {
    if (m_count > most / points) {
      throw ConfigurationError(std::to_string(points) + " points in each of " + std::to_string(m_lower.size()) +
                               " dimensions are more than 2^62 queries");
    }
    m_count *= points;
  }
}

void GridQueries::query(std::int64_t index, std::span<double> x) const {
  AILOOP_REQUIRE(index >= 0 && index < m_count && x.size() == m_lower.size(), "GridQueries: there is no such query");
  for (std::size_t j = x.size(); j-- > 0;) {
    const auto cell = static_cast<double>(index % m_points);
    x[j] = m_lower[j] + (m_upper[j] - m_lower[j]) * ((cell + 0.5) / static_cast<double>(m_points));
    index /= m_points;
  }
}

ListedQueries::ListedQueries(std::vector<double> points, std::int64_t dimension)
    : m_points(std::move(points)), m_dimension(dimension) {
  AILOOP_REQUIRE(dimension >= 1 && static_cast<std::int64_t>(m_points.size()) % dimension == 0,
                 "ListedQueries: points are (count, dimension)");
}

void ListedQueries::query(std::int64_t index, std::span<double> x) const {
  AILOOP_REQUIRE(index >= 0 && index < *count() && static_cast<std::int64_t>(x.size()) == m_dimension,
                 "ListedQueries: there is no such query");
  std::copy_n(m_points.begin() + index * m_dimension, m_dimension, x.begin());
}

std::optional<std::int64_t> ListedQueries::count() const {
  return static_cast<std::int64_t>(m_points.size()) / m_dimension;
}

}  // namespace ailoop
