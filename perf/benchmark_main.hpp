// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>

#include "perf/benchmark_context.hpp"
#include <benchmark/benchmark.h>

namespace ailoop::perf {

/// The main function of a Google Benchmark program, once MPI runs where it is needed.
/// \param[in] settings how many threads the benchmarks have where the user asks for no number
inline int run_benchmarks(int argc, char** argv, const KokkosSettings& settings) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  kokkos_initialize(settings, argc, argv);
  add_context(concurrency(Execution::host_threads));
  benchmark::RunSpecifiedBenchmarks();
  Kokkos::finalize();
  return 0;
}

}  // namespace ailoop::perf
