// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/check_bound.hpp>
#include <ailoop/make_problem.hpp>
#include <ailoop/version.hpp>

#include <Kokkos_Core.hpp>

#include <cmath>
#include <cstdio>

namespace {

/// sin(x), approximated by x.
struct Sine {
  [[nodiscard]] ailoop::Facts facts() const { return {.lower = {0.0}, .upper = {2.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return sin(x); }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(double x) const { return x * x * x / 6.0 + 1e-15; }
};

}  // namespace

// Templates of the headers, kernels of this file and a compiled part of the library agree on sin(1).
int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const auto problem = ailoop::make_problem(Sine());
  const double x = 1.0;
  double y = 0.0;
  ailoop::PointStatus status = ailoop::PointStatus::valid;
  problem->truth({ailoop::Execution::host_threads}, {&x, 1, 1}, {&y, 1, 1}, {&status, 1});
  if (y != std::sin(1.0)) {
    return 1;
  }
  std::printf("sine(1) = %.15f\n", y);
  return 0;
}
