// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/roles.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

#include <numeric>
#include <set>

namespace ailoop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int> one_node(int ranks) { return std::vector<int>(static_cast<std::size_t>(ranks), 1); }

TEST(BlockOf, CoversEveryIndexOnceInOrder) {
  for (std::int64_t count = 0; count <= 40; ++count) {
    for (std::int64_t parts = 1; parts <= 13; ++parts) {
      std::int64_t next = 0;
      for (std::int64_t part = 0; part < parts; ++part) {
        const IndexRange block = block_of(count, parts, part);
        EXPECT_EQ(block.first, next);
        next = block.last;
      }
      EXPECT_EQ(next, count);
    }
  }
}

TEST(BlockOf, SizesDifferByAtMostOne) {
  for (std::int64_t part = 0; part < 7; ++part) {
    const std::int64_t size = block_of(100, 7, part).size();
    EXPECT_TRUE(size == 14 || size == 15);
  }
}

TEST(AssignRoles, GivesEveryShareToExactlyOneRankInOrder) {
  for (int world = 1; world <= 12; ++world) {
    for (std::int64_t asked = 1; asked <= 8; ++asked) {
      for (std::int64_t n_shares = 1; n_shares <= 9; ++n_shares) {
        const RoleLayout layout = assign_roles(one_node(world), asked, n_shares);
        ASSERT_EQ(layout.approximation_ranks.size(), layout.shares.size());
        std::int64_t next = 0;
        for (const IndexRange& shares : layout.shares) {
          EXPECT_EQ(shares.first, next);
          EXPECT_GT(shares.size(), 0);
          next = shares.last;
        }
        EXPECT_EQ(next, n_shares);
        const std::set<int> distinct(layout.approximation_ranks.begin(), layout.approximation_ranks.end());
        EXPECT_EQ(distinct.size(), layout.approximation_ranks.size());
      }
    }
  }
}

TEST(AssignRoles, KeepsTheModelRankFreeWhereThereIsAnother) {
  for (int world = 2; world <= 12; ++world) {
    const RoleLayout layout = assign_roles(one_node(world), 4, 4);
    EXPECT_THAT(layout.shares_of(RoleLayout::model_rank).size(), 0) << world;
  }
}

TEST(AssignRoles, UsesTheRanksThatWereAskedForWithoutANote) {
  const RoleLayout layout = assign_roles(one_node(8), 4, 4);
  EXPECT_THAT(layout.approximation_ranks, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(layout.note, IsEmpty());
}

TEST(AssignRoles, FoldsRolesOfASmallWorldAndSaysSo) {
  const RoleLayout alone = assign_roles(one_node(1), 4, 4);
  EXPECT_THAT(alone.approximation_ranks, ElementsAre(0));
  EXPECT_EQ(alone.shares_of(0), (IndexRange{0, 4}));
  EXPECT_THAT(alone.note, ::testing::HasSubstr("one rank"));

  const RoleLayout three = assign_roles(one_node(3), 4, 4);
  EXPECT_THAT(three.approximation_ranks, ElementsAre(1, 2));
  EXPECT_THAT(three.note, ::testing::HasSubstr("2 ranks instead of 4"));
}

TEST(AssignRoles, LeavesRanksWithoutAShareUnused) {
  const RoleLayout layout = assign_roles(one_node(8), 6, 2);
  EXPECT_THAT(layout.approximation_ranks, ElementsAre(1, 2));
  EXPECT_THAT(layout.note, ::testing::HasSubstr("2 shares"));
}

TEST(AssignRoles, PrefersTheNodeOfTheModelRank) {
  const std::vector<int> round_robin = {1, 0, 1, 0, 1, 0, 1, 0};
  EXPECT_THAT(assign_roles(round_robin, 4, 4).approximation_ranks, ElementsAre(2, 4, 6, 1));
}

TEST(AssignRoles, RefusesNonsense) {
  EXPECT_THROW(static_cast<void>(assign_roles({}, 1, 1)), UsageError);
  EXPECT_THROW(static_cast<void>(assign_roles(one_node(2), 0, 1)), UsageError);
  EXPECT_THROW(static_cast<void>(assign_roles(one_node(2), 1, -1)), UsageError);
}

TEST(AssignRoles, HasNoApproximationRanksWithoutShares) {
  const RoleLayout layout = assign_roles(one_node(4), 4, 0);
  EXPECT_TRUE(layout.note.empty()) << layout.note;
  for (int rank = 1; rank < 4; ++rank) EXPECT_FALSE(layout.checks(rank));
}

}  // namespace
}  // namespace ailoop
