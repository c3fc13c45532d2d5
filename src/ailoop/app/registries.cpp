// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/registries.hpp>

#include <ailoop/problem/problem_entries.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/gradient_trainer.hpp>
#if defined(AILOOP_HAVE_KOKKOS_KERNELS)
#include <ailoop/training/least_squares_trainer.hpp>
#endif

namespace ailoop {

Registries builtin_registries() {
  Registries registries;
  registries.problems.add(sine_entry());
  registries.problems.add(kepler_entry());
  registries.surrogates.add(polynomial_entry());
  registries.trainers.add(adam_entry());
  registries.trainers.add(sgd_entry());
#if defined(AILOOP_HAVE_KOKKOS_KERNELS)
  registries.trainers.add(least_squares_entry());
#endif
  registries.queries.add(uniform_queries_entry());
  registries.queries.add(grid_queries_entry());
  registries.queries.add(file_queries_entry());
  registries.gates.add(difference_entry());
  registries.gates.add(certified_entry());
  return registries;
}

}  // namespace ailoop
