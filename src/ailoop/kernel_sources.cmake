# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The files that see Kokkos, as paths below src/ailoop: where it runs on a device its compiler compiles these and no
# others. tests/layers compares the list with what includes what.
set(
  AILOOP_KERNEL_SOURCES
  execution/executions.cpp
  execution/kokkos_session.cpp
  problem/kepler_problem.cpp
  problem/sine_problem.cpp
  problem/uniform_points.cpp
  sampling/sample_set.cpp
  surrogate/model_scaling.cpp
  surrogate/polynomial_surrogate.cpp
  surrogate/surrogate.cpp
  training/normal_equations_solver.cpp
  training/sample_order.cpp
)
