#include <ailoop/parallel/waiting.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace ailoop {
namespace {

constexpr int many_polls = 10'000;

/// Whether the pauses want sleep after many polls, the last of them longer ago than messages of checks may take.
bool wants_sleep_at_last(Waiting waiting) {
  PollPauses pauses(waiting);
  EXPECT_FALSE(pauses.wants_sleep()) << "before the first poll";
  for (int i = 0; i < many_polls && !pauses.wants_sleep(); ++i) {
    pauses.pause();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return pauses.wants_sleep();
}

TEST(PollPauses, NeverSleepWhereACoreIsToBeKept) { EXPECT_FALSE(wants_sleep_at_last(Waiting::spin)); }

TEST(PollPauses, SleepAtLastWhereOthersMayNeedTheCore) {
  EXPECT_TRUE(wants_sleep_at_last(Waiting::yield));
  EXPECT_TRUE(wants_sleep_at_last(Waiting::back_off));
}

/// Not even on a slow machine: the number of polls alone decides.
TEST(PollPauses, SleepSoonWhereThereIsNothingToDoForLong) {
  PollPauses pauses(Waiting::back_off);
  for (int i = 0; i < 1000; ++i) {
    pauses.pause();
  }
  EXPECT_TRUE(pauses.wants_sleep());
}

}  // namespace
}  // namespace ailoop
