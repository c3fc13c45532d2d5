// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/mpi.hpp>

#include <Kokkos_Core.hpp>
#include <gmock/gmock.h>
#include <mpi.h>

namespace ailoop::test {
namespace {

TEST(Launch, StartsMpiAndKokkosOnEveryRank) {
  int is_initialized = 0;
  MPI_Initialized(&is_initialized);
  EXPECT_NE(is_initialized, 0);
  EXPECT_TRUE(Kokkos::is_initialized());
}

TEST(Launch, GivesEveryRankItsNumber) {
  const int mine = rank();
  int sum = 0;
  MPI_Allreduce(&mine, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  EXPECT_EQ(sum, size() * (size() - 1) / 2);
  EXPECT_LT(mine, size());
}

}  // namespace
}  // namespace ailoop::test
