#include <ailoop/loop/decision.hpp>

#include <gmock/gmock.h>

#include <vector>

namespace ailoop {
namespace {

using ::testing::ElementsAre;

TEST(DecisionChannel, BringsChecksToApproximationRanksAndAllElseToEveryRank) {
  const Communicator comm(MPI_COMM_WORLD);
  const RoleLayout roles = assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 2, 2);
  DecisionChannel channel(comm, roles, 3, Waiting::back_off);
  using Kind = Decision::Kind;
  if (comm.rank() == RoleLayout::model_rank) {
    const std::vector<std::int64_t> queries = {0, 7, std::int64_t{1} << 40};
    channel.announce({.kind = Kind::check, .queries = queries});
    channel.announce({.kind = Kind::check, .queries = std::span(queries).first(1)});
    channel.announce({.kind = Kind::truth});
    channel.announce({.kind = Kind::retrain});
    channel.announce({.kind = Kind::stop, .end = End::gave_up});
    return;
  }
  if (roles.shares_of(comm.rank()).size() > 0) {
    const Decision check = channel.receive();
    EXPECT_EQ(check.kind, Kind::check);
    EXPECT_THAT(check.queries, ElementsAre(0, 7, std::int64_t{1} << 40));
    EXPECT_THAT(channel.receive().queries, ElementsAre(0));
  }
  EXPECT_EQ(channel.receive().kind, Kind::truth);
  EXPECT_EQ(channel.receive().kind, Kind::retrain);
  const Decision stop = channel.receive();
  EXPECT_EQ(stop.kind, Kind::stop);
  EXPECT_EQ(stop.end, End::gave_up);
}

}  // namespace
}  // namespace ailoop
