// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Must not compile: each struct lacks something, and the compiler says what.
#include <ailoop/problem/make_problem.hpp>

namespace ailoop {

struct Complete {
  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};

struct WithoutFacts {
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};

struct TruthThatChangesItself : Complete {
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) { return x; }
};

struct ApproximationWithoutShare : Complete {
  [[nodiscard]] KOKKOS_FUNCTION double approximation(double x) const { return x; }
};

struct BoundInSinglePrecision : Complete {
  [[nodiscard]] KOKKOS_FUNCTION float approximation_error(float x) const { return x; }
};

struct Undescribed : Complete {
  double length_m = 1.0;
};

struct WithoutDefaults : Complete {
  explicit WithoutDefaults(double /*length_m*/) {}
};

void make_all() {
  (void)make_problem(WithoutFacts{});
  (void)make_problem(TruthThatChangesItself{});
  (void)make_problem(ApproximationWithoutShare{});
  (void)make_problem(BoundInSinglePrecision{});
  (void)problem_entry<Undescribed>("undescribed", "settings that nobody can set");
  (void)problem_entry<WithoutDefaults>("without_defaults", "settings without defaults");
}

}  // namespace ailoop
