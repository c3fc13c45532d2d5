// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rank_listeners.hpp"
#include <Kokkos_Core.hpp>
#include <gmock/gmock.h>
#include <mpi.h>

namespace {

int run_on_all_ranks(int& argc, char** argv) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  ailoop::test::install_rank_listeners();
  return RUN_ALL_TESTS();
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) {  // asked while building, without a launcher
    return RUN_ALL_TESTS();
  }
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
    return 1;
  }
  const int result = run_on_all_ranks(argc, argv);
  MPI_Finalize();
  return result;
}
