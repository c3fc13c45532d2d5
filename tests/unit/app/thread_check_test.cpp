#include <ailoop/app/thread_check.hpp>

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
    ranks.push_back({of_rank, wished, cores, 0, cores});
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
  ranks.push_back({2, 2, 1, 2, 1});
  ranks.push_back({2, 2, 1, 2, 1});
  EXPECT_THAT(thread_warnings(ranks, {}), ElementsAre(HasSubstr("4 threads of 2 ranks of a node share 1 core:")));
}

TEST(ThreadCheck, NamesARankThatIsBoundToTooFewCores) {
  std::vector<RankThreads> ranks = on_one_node({2, 2}, 8);
  ranks[1].own_cores = 1;
  EXPECT_THAT(thread_warnings(ranks, {}),
              ElementsAre(HasSubstr("2 threads of rank 1 share 1 core, to which it is bound")));
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
