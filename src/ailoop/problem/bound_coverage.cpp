#include <ailoop/problem/bound_coverage.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/counter_random.hpp>

#include <algorithm>

namespace ailoop {

double fraction_beyond_bound(const Problem& problem, const Tolerance& tolerance) {
  const Facts& facts = problem.facts();
  AILOOP_REQUIRE(facts.has_bound, "fraction_beyond_bound: the problem has no bound");
  constexpr std::int64_t n = 16'384;
  std::vector<double> x(as_size(n * facts.dimension));
  for (std::int64_t i = 0; i < n; ++i) {
    auto random = kernels::generator<Kokkos::DefaultHostExecutionSpace>(0, kernels::Purpose::query,
                                                                        static_cast<std::uint64_t>(i));
    for (std::int64_t j = 0; j < facts.dimension; ++j) {
      const auto component = as_size(j);
      x[as_size(i * facts.dimension + j)] =
          kernels::uniform<double>(random, facts.lower[component], facts.upper[component]);
    }
  }
  std::vector<double> bound(as_size(n * facts.outputs));
  const ConstArray points{x.data(), n, facts.dimension};
  problem.approximation_error(execution_for(n), points, {bound.data(), n, facts.outputs});
  std::vector<double> approximation(tolerance.relative > 0.0 ? bound.size() : 0);
  if (tolerance.relative > 0.0) {
    problem.approximation_sum(execution_for(n), points, {approximation.data(), n, facts.outputs});
  }
  std::int64_t beyond = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    bool is_within = true;
    for (std::int64_t o = 0; o < facts.outputs; ++o) {
      const auto at = as_size(i * facts.outputs + o);
      const double size = approximation.empty() ? 0.0 : approximation[at];
      is_within = is_within && bound[at] <= tolerance.allowed(as_size(o), size);  // false for NaN
    }
    beyond += is_within ? 0 : 1;
  }
  return static_cast<double>(beyond) / static_cast<double>(n);
}

}  // namespace ailoop
