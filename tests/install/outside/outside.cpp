#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/problem/sine_problem.hpp>

#include <Kokkos_Core.hpp>

#include <cstdio>

// A kernel header and a compiled part of the library agree on sin(1).
int main(int argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const Kokkos::DefaultHostExecutionSpace space;
  const Kokkos::View<double*, Kokkos::HostSpace> x("x", 1);
  const Kokkos::View<double*, Kokkos::HostSpace> y("y", 1);
  x(0) = 1.0;
  ailoop::kernels::sine(space, x, y);
  space.fence();

  double of_problem = 0.0;
  ailoop::PointStatus status = ailoop::PointStatus::valid;
  const ailoop::SineProblem problem(ailoop::SineSettings{});
  problem.truth({ailoop::Execution::host_threads}, {x.data(), 1, 1}, {&of_problem, 1, 1}, {&status, 1});
  if (of_problem != y(0)) {
    return 1;
  }
  std::printf("sine(1) = %.15f\n", y(0));
  return 0;
}
