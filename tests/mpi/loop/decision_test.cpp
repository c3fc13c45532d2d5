#include <ailoop/loop/decision.hpp>

#include <gtest/gtest.h>

namespace ailoop {
namespace {

TEST(DecisionChannel, BringsChecksToApproximationRanksAndAllElseToEveryRank) {
  const Communicator comm(MPI_COMM_WORLD);
  const RoleLayout roles = assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 2, 2);
  const DecisionChannel channel(comm, roles, Waiting::back_off);
  using Kind = Decision::Kind;
  if (comm.rank() == RoleLayout::model_rank) {
    channel.announce({Kind::check, std::int64_t{1} << 40, End::converged});
    channel.announce({Kind::retrain, 0, End::converged});
    channel.announce({Kind::stop, 0, End::gave_up});
    return;
  }
  if (roles.shares_of(comm.rank()).size() > 0) {
    const Decision check = channel.receive();
    EXPECT_EQ(check.kind, Kind::check);
    EXPECT_EQ(check.query, std::int64_t{1} << 40);
  }
  EXPECT_EQ(channel.receive().kind, Kind::retrain);
  const Decision stop = channel.receive();
  EXPECT_EQ(stop.kind, Kind::stop);
  EXPECT_EQ(stop.end, End::gave_up);
}

}  // namespace
}  // namespace ailoop
