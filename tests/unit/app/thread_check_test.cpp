// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/thread_check.hpp>

#include <gmock/gmock.h>

namespace ailoop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Ranks of one node, which may all run on all of its cores.
std::vector<RankThreads> on_one_node(const std::vector<int>& threads, int cores, int wished = 0) {
  std::vector<RankThreads> ranks;
  ranks.reserve(threads.size());
  for (const int of_rank : threads) {
    ranks.push_back({{0, cores, cores, cores, cores, 0}, of_rank, wished});
  }
  return ranks;
}

TEST(ThreadCheck, IsQuietWhereThreadsHaveCores) {
  EXPECT_THAT(thread_warnings(on_one_node({2, 2}, 4), {}), IsEmpty());
  EXPECT_THAT(thread_warnings(on_one_node({2, 2}, 4, 2), {{"OMP_NUM_THREADS", 2}}), IsEmpty());
}

TEST(ThreadCheck, IsQuietWhereRanksOfOneThreadShareCores) {
  EXPECT_THAT(thread_warnings(on_one_node({1, 1, 1, 1, 1, 1, 1, 1}, 2, 1), {{"OMP_NUM_THREADS", 1}}), IsEmpty());
}

TEST(ThreadCheck, NamesThreadsAndCoresThatTheyShare) {
  EXPECT_THAT(
      thread_warnings(on_one_node({3, 3}, 4, 3), {{"OMP_NUM_THREADS", 3}}),
      ElementsAre(AllOf(HasSubstr("6 threads of 2 ranks of a node share 4 cores"), HasSubstr("at most 2 a rank"))));
}

TEST(ThreadCheck, SpeaksOfTheNodeThatIsWorstOff) {
  std::vector<RankThreads> ranks = on_one_node({2, 2}, 2, 2);
  ranks.insert(ranks.end(), 2, {{2, 1, 1, 1, 1, 0}, 2, 2});
  EXPECT_THAT(thread_warnings(ranks, {}), ElementsAre(HasSubstr("4 threads of 2 ranks of a node share 1 core:")));
}

TEST(ThreadCheck, NamesARankThatIsBoundToTooFewCores) {
  std::vector<RankThreads> ranks = on_one_node({2, 2}, 8);
  ranks[1].own_cores = 1;
  EXPECT_THAT(thread_warnings(ranks, {}),
              ElementsAre(HasSubstr("2 threads of rank 1 share 1 core, to which it is bound")));
}

TEST(ThreadCheck, NamesCoresOnWhichRanksSitWhileOthersAreLeft) {
  std::vector<RankThreads> ranks = on_one_node({1, 1, 1, 1}, 8);
  for (RankThreads& rank : ranks) {
    rank.main_thread_cores = 1;
    rank.main_thread_core = 5;
  }
  EXPECT_THAT(thread_warnings(ranks, {}),
              ElementsAre(HasSubstr("4 ranks of a node run on core 5 alone of its 8 cores")));
  for (RankThreads& rank : ranks) {
    rank.main_thread_cores = 2;
  }
  EXPECT_THAT(thread_warnings(ranks, {}), ElementsAre(HasSubstr("4 ranks of a node run on the same 2 of its 8 cores")));
}

TEST(ThreadCheck, IsQuietWhereBoundRanksShareCoresEvenly) {
  std::vector<RankThreads> ranks = on_one_node({1, 1, 1, 1, 1, 1}, 3);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranks[i].main_thread_cores = 1;
    ranks[i].main_thread_core = static_cast<int>(i % 3);
  }
  EXPECT_THAT(thread_warnings(ranks, {}), IsEmpty());
  // and where there is but one core
  EXPECT_THAT(thread_warnings(on_one_node({1, 1, 1, 1}, 1), {}), IsEmpty());
}

TEST(ThreadCheck, SaysWhichOfTwoSettingsCounts) {
  EXPECT_THAT(thread_warnings(on_one_node({2}, 4, 2), {{"--kokkos-threads", 2}, {"OMP_NUM_THREADS", 4}}),
              ElementsAre(HasSubstr("--kokkos-threads=2 counts, not OMP_NUM_THREADS=4")));
  EXPECT_THAT(thread_warnings(on_one_node({2}, 4, 2), {{"--kokkos-threads", 2}, {"OMP_NUM_THREADS", 2}}), IsEmpty());
}

TEST(ThreadCheck, TellsThreadsThatAreNotThoseAskedFor) {
  std::vector<RankThreads> ranks = on_one_node({4, 4}, 8, 4);
  ranks[1].threads = 1;
  EXPECT_THAT(thread_warnings(ranks, {{"OMP_NUM_THREADS", 4}}),
              ElementsAre(HasSubstr("rank 1 has 1 threads, not 4 as asked for")));
}

TEST(ThreadCheck, TellsRanksThatWereGivenDifferentNumbers) {
  std::vector<RankThreads> ranks = on_one_node({4, 2}, 8, 4);
  ranks[1].wished = 2;
  EXPECT_THAT(thread_warnings(ranks, {}), ElementsAre(HasSubstr("rank 1 has 2, rank 0 has 4")));
  // nodes of different sizes are nobody's mistake
  EXPECT_THAT(thread_warnings(on_one_node({4, 2}, 8), {}), IsEmpty());
}

TEST(ThreadCheck, ShowsARangeWhereRanksDiffer) {
  EXPECT_EQ(threads_text(on_one_node({2, 2}, 4)), "2");
  EXPECT_EQ(threads_text(on_one_node({2, 1, 3}, 4)), "1-3");
}

}  // namespace
}  // namespace ailoop
