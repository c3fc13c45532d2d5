// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cases that fail on rank 1 on purpose; failing_ranks_check.py asserts that the launcher tells.
#include <ailoop/test/mpi.hpp>

#include <gtest/gtest.h>
#include <mpi.h>

#include <csignal>
#include <stdexcept>

namespace ailoop::test {
namespace {

TEST(FailingRanks, Passes) { EXPECT_EQ(size(), 3); }

TEST(FailingRanks, FailsOnOneRank) { EXPECT_NE(rank(), 1); }

TEST(FailingRanks, ThrowsOnOneRank) {
  if (rank() == 1) {
    throw std::runtime_error("thrown on purpose");
  }
}

TEST(FailingRanks, LeavesTheOthersWaiting) {
  ASSERT_NE(rank(), 1);
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(FailingRanks, CrashesOnOneRank) {
  if (rank() == 1) {
    (void)std::raise(SIGKILL);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace
}  // namespace ailoop::test
