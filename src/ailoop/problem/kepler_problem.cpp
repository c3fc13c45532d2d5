// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/kepler_problem.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/problem/problem_entries.hpp>

#include <numbers>

namespace ailoop {

Facts Kepler::facts() const {
  AILOOP_REQUIRE(terms <= kernels::max_kepler_terms, "kepler: at most 64 terms");
  return {.dimension = 2,
          .lower = {-std::numbers::pi, 0.0},
          .upper = {std::numbers::pi, eccentricity_max},
          .shares = terms,
          .has_bound = true,
          .free_reference = true};
}

void describe(Visitor& v, Kepler& kepler) {
  v.field("eccentricity_max", kepler.eccentricity_max, strictly_between(0.0, 1.0), Affects::result,
          "eccentricities are below this [1]");
  v.field("terms", kepler.terms, between(1, kernels::max_kepler_terms), Affects::result,
          "terms of the Fourier series, each one share of the approximation [1]");
}

RegistryEntry<ProblemKind> kepler_entry() {
  return problem_entry<Kepler>(
      "kepler", "eccentric anomaly of mean anomaly and eccentricity, approximated by its Fourier series");
}

}  // namespace ailoop
