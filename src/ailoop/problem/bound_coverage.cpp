#include <ailoop/problem/bound_coverage.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>

#include <algorithm>

namespace ailoop {

double share_beyond_bound(const Problem& problem, double tolerance) {
  const Facts& facts = problem.facts();
  AILOOP_REQUIRE(facts.has_bound, "share_beyond_bound: the problem has no bound");
  constexpr std::int64_t n = 16'384;
  std::vector<double> x(static_cast<std::size_t>(n * facts.dimension));
  for (std::int64_t i = 0; i < n; ++i) {
    auto random = kernels::generator<Kokkos::DefaultHostExecutionSpace>(0, kernels::Purpose::query,
                                                                        static_cast<std::uint64_t>(i));
    for (std::int64_t j = 0; j < facts.dimension; ++j) {
      const auto component = static_cast<std::size_t>(j);
      x[static_cast<std::size_t>(i * facts.dimension + j)] =
          kernels::uniform<double>(random, facts.lower[component], facts.upper[component]);
    }
  }
  std::vector<double> bound(static_cast<std::size_t>(n * facts.outputs));
  problem.approximation_error(execution_for(n), {x.data(), n, facts.dimension}, {bound.data(), n, facts.outputs});
  std::int64_t beyond = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto first = bound.begin() + i * facts.outputs;
    // written so that NaN counts
    beyond += std::all_of(first, first + facts.outputs, [&](double e) { return e <= tolerance; }) ? 0 : 1;
  }
  return static_cast<double>(beyond) / static_cast<double>(n);
}

}  // namespace ailoop
