// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/communicator.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/parallel/waiting.hpp>
#include <ailoop/test/mpi.hpp>

#include <gtest/gtest.h>

namespace ailoop {
namespace {

TEST(Communicator, IsADuplicateOfTheOriginal) {
  const Communicator comm(MPI_COMM_WORLD);
  EXPECT_EQ(comm.rank(), test::rank());
  EXPECT_EQ(comm.size(), test::size());
  int comparison = MPI_UNEQUAL;
  MPI_Comm_compare(comm.get(), MPI_COMM_WORLD, &comparison);
  EXPECT_EQ(comparison, MPI_CONGRUENT);
}

TEST(Communicator, ReturnsErrorsAsExceptions) {
  const Communicator comm(MPI_COMM_WORLD);
  int value = 0;
  try {
    AILOOP_MPI(MPI_Send(&value, 1, MPI_INT, comm.size() + 5, 0, comm.get()));
    FAIL() << "there is no such rank";
  } catch (const DependencyError& error) {
    EXPECT_NE(std::string(error.what()).find("MPI_Send"), std::string::npos) << "the message names the call";
  }
}

TEST(Communicator, BroadcastBringsTextToEveryRank) {
  const Communicator comm(MPI_COMM_WORLD);
  for (int root = 0; root < comm.size(); ++root) {
    const std::string expected = std::string("from ") + std::to_string(root) + std::string("\0end", 4);
    std::string text = comm.rank() == root ? expected : "something longer that was here before";
    broadcast(comm, text, root);
    EXPECT_EQ(text, expected);
  }
}

TEST(Communicator, BroadcastsNumbersOfAnyCount) {
  const Communicator comm(MPI_COMM_WORLD);
  for (const std::size_t count : {0U, 1U, 1000U}) {
    std::vector<double> numbers(comm.rank() == 0 ? count : 7, 0.5);
    broadcast(comm, numbers, 0);
    EXPECT_EQ(numbers, std::vector<double>(count, 0.5));
  }
}

TEST(Communicator, GathersNumbersInRankOrderOnTheRootAlone) {
  const Communicator comm(MPI_COMM_WORLD);
  const std::vector<double> mine(static_cast<std::size_t>(comm.rank()), 1.0 * comm.rank());  // none on rank 0
  std::vector<double> expected;
  for (int rank = 0; rank < comm.size(); ++rank) {
    expected.insert(expected.end(), static_cast<std::size_t>(rank), 1.0 * rank);
  }
  const std::vector<double> all = gathered(comm, mine, comm.size() - 1);
  EXPECT_EQ(all, comm.rank() == comm.size() - 1 ? expected : std::vector<double>());
}

TEST(NodeResources, CountRanksAndCoresOfTheNode) {
  const Communicator comm(MPI_COMM_WORLD);
  const NodeResources node = node_resources(comm);
  EXPECT_EQ(node.ranks, comm.size()) << "all ranks of a test share one node";
  EXPECT_GE(node.cores, 1);
  EXPECT_GT(node.memory_bytes, 1e6);
  EXPECT_GE(node.threads_per_rank(), 1);
  EXPECT_EQ(node.oversubscribed, node.ranks > node.cores) << "nothing is bound in tests";
  EXPECT_GE(node.job_cores, node.cores);
  EXPECT_LE(node.threads_per_rank(), node.cores);
  EXPECT_EQ(node.on_model_node, std::vector<int>(static_cast<std::size_t>(comm.size()), 1));
}

TEST(Receive, BringsTheMessageHoweverTheRankWaits) {
  const Communicator comm(MPI_COMM_WORLD);
  for (const Waiting waiting : {Waiting::spin, Waiting::yield, Waiting::back_off}) {
    const int next = (comm.rank() + 1) % comm.size();
    const int previous = (comm.rank() + comm.size() - 1) % comm.size();
    const double sent = 10.0 * comm.rank();
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Isend(&sent, 1, MPI_DOUBLE, next, 3, comm.get(), &request);
    double received = -1.0;
    receive(&received, 1, MPI_DOUBLE, previous, 3, comm.get(), waiting);
    EXPECT_EQ(received, 10.0 * previous);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
}

}  // namespace
}  // namespace ailoop
