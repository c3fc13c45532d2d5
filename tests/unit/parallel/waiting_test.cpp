// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/waiting.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace ailoop {
namespace {

/// Polls until waiting has become long.
std::int64_t polls_until_sleep(Waiting waiting) {
  PollPauses pauses(waiting);
  std::int64_t polls = 0;
  for (; polls < std::numeric_limits<int>::max() && !pauses.wants_sleep(); ++polls) {
    pauses.pause();
  }
  EXPECT_TRUE(pauses.wants_sleep()) << "who was woken for no reason sleeps again";
  return polls;
}

TEST(PollPauses, WhoeverWaitsForLongSleepsButNotAtOnce) {
  const std::int64_t back_off = polls_until_sleep(Waiting::back_off);
  EXPECT_GT(back_off, 10);
  EXPECT_LT(back_off, 1000);
  EXPECT_GE(polls_until_sleep(Waiting::yield), back_off);
  const std::int64_t spin = polls_until_sleep(Waiting::spin);
  EXPECT_GE(spin, back_off);
  EXPECT_LT(spin, std::numeric_limits<int>::max());
}

}  // namespace
}  // namespace ailoop
