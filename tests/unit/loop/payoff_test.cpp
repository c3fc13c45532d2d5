// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/run_observer.hpp>

#include <gtest/gtest.h>

namespace ailoop {
namespace {

/// 100 answers, 20 of them before the run was resumed; the 40 calls since then took 2 s, the loop 3 s.
Outcome outcome() {
  Outcome outcome;
  outcome.tally = {.by_surrogate = 90, .by_truth = 10, .truth_calls = 50};
  outcome.before = {.by_surrogate = 20, .truth_calls = 10};
  outcome.longest.sample_s = 1.5;
  outcome.longest.decide_s = 0.5;
  outcome.loop_s = 3.0;
  return outcome;
}

TEST(Payoff, ComparesTheLoopWithTheTruthAtEveryQuery) {
  const auto payoff = payoff_of(outcome());
  ASSERT_TRUE(payoff.has_value());
  EXPECT_DOUBLE_EQ(payoff->truth_call_s, 2.0 / 40.0);
  EXPECT_DOUBLE_EQ(payoff->at_every_query_s, 80.0 * 2.0 / 40.0);
  EXPECT_DOUBLE_EQ(payoff->speed_up, 4.0 / 3.0);
}

TEST(Payoff, IsNotKnownWithoutACallOrAnAnswer) {
  Outcome none = outcome();
  none.tally.truth_calls = none.before.truth_calls;
  EXPECT_FALSE(payoff_of(none).has_value());
  none = outcome();
  none.tally.by_surrogate = 10;
  EXPECT_FALSE(payoff_of(none).has_value());
}

}  // namespace
}  // namespace ailoop
