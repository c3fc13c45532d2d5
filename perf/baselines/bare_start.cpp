// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Starts MPI and Kokkos and stops: what no program with both can be faster than. As bare_start_torch it is linked with
// LibTorch, too. Each rank prints a line of JSON: seconds from its execution until both run, and its private memory.

#include "perf/process/process_facts.hpp"
#include "torch_threads.hpp"
#include <Kokkos_Core.hpp>
#include <mpi.h>
#include <nlohmann/json.hpp>

#include <iostream>
#include <sstream>

int main(int argc, char** argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
#if defined(AILOOP_PERF_WITH_TORCH)
    static_cast<void>(ailoop::perf::torch_threads());  // or the linker could leave LibTorch out
#endif
    const double ready_s = ailoop::perf::seconds_since_exec().value_or(0.0);
    const ailoop::perf::PrivateMemory memory = ailoop::perf::private_memory();
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const nlohmann::json out = {{"rank", rank},
                                {"ready_s", ready_s},
                                {"private_dirty_kib", memory.dirty_kib},
                                {"private_clean_kib", memory.clean_kib}};
    std::ostringstream line;
    line << out << '\n';
    std::cout << line.str() << std::flush;
  }
  MPI_Finalize();
  return 0;
}
