// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/decision.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace ailoop {
namespace {

void expect_decisions(std::int64_t approximation_ranks, bool shares_memory) {
  const Communicator comm(MPI_COMM_WORLD);
  const RoleLayout roles = assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), approximation_ranks,
                                        approximation_ranks);
  Messenger messenger(comm, RoleLayout::model_rank, Waiting::back_off, shares_memory);
  DecisionChannel channel(comm, roles, messenger);
  using Kind = Decision::Kind;
  const IndexRange queries{7, std::int64_t{1} << 40};
  if (comm.rank() == RoleLayout::model_rank) {
    channel.announce({.kind = Kind::approximate, .range = queries});
    channel.announce({.kind = Kind::truth});
    channel.announce({.kind = Kind::retrain, .range = {12, 12}});
    channel.announce({.kind = Kind::stop, .end = End::gave_up});
    return;
  }
  if (roles.shares_of(comm.rank()).size() > 0) {
    const Decision approximate = channel.receive();
    EXPECT_EQ(approximate.kind, Kind::approximate);
    EXPECT_EQ(approximate.range, queries);
  }
  EXPECT_EQ(channel.receive().kind, Kind::truth);
  const Decision retrain = channel.receive();
  EXPECT_EQ(retrain.kind, Kind::retrain);
  EXPECT_EQ(retrain.range.first, 12);
  const Decision stop = channel.receive();
  EXPECT_EQ(stop.kind, Kind::stop);
  EXPECT_EQ(stop.end, End::gave_up);
}

TEST(DecisionChannel, BringsBlocksOfQueriesToApproximationRanksAndAllElseToEveryRank) {
  expect_decisions(2, true);
  expect_decisions(2, false);
}

// With one approximation rank every other one is told by that one, or by one that it told.
TEST(DecisionChannel, ReachesEveryRankThroughOthers) { expect_decisions(1, false); }

}  // namespace
}  // namespace ailoop
