#include <ailoop/loop/next_action.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace ailoop {
namespace {

using Kind = Action::Kind;

/// Follows a run to its end; `verdict_of(check)` plays the gate.
struct Play {
  Progress progress;
  Tally tally;
  Action last;
  std::int64_t actions = 0;
};

Play play(const Limits& limits, const std::function<Verdict(std::int64_t)>& verdict_of) {
  Play p;
  for (;;) {
    p.last = next_action(p.progress, p.tally, limits);
    ++p.actions;
    if (p.last.kind == Kind::stop) {
      return p;
    }
    if (p.last.kind == Kind::check) {
      p.progress = asked(p.progress);
      const Verdict verdict = verdict_of(p.tally.checks);
      p.progress = after_check(p.progress, verdict);
      p.tally = with_check(p.tally, verdict);
    } else {
      p.progress = after_retraining(p.progress);
      p.tally = with_retraining(p.tally, 10);
    }
  }
}

TEST(NextAction, StopsConvergedAfterEnoughAcceptedAnswers) {
  const Play p = play({.accepted = 5}, [](auto) { return Verdict::accepted; });
  EXPECT_EQ(p.last, (Action{Kind::stop, End::converged, LimitReached::none}));
  EXPECT_EQ(p.tally.checks, 5);
  EXPECT_EQ(p.tally.retrainings, 0);
  EXPECT_EQ(p.progress.query, 4);
}

TEST(NextAction, AsksTheSameQueryAgainAfterARetraining) {
  Progress progress;
  progress = after_check(asked(progress), Verdict::rejected);
  EXPECT_EQ(asked(progress).query, 0) << "a query that was not accepted stays the one to ask";
  EXPECT_EQ(next_action(progress, {.checks = 1, .rejected = 1}, {}).kind, Kind::retrain);
  progress = after_retraining(progress);
  EXPECT_EQ(next_action(progress, {.checks = 1, .rejected = 1, .retrainings = 1}, {}).kind, Kind::check);
  EXPECT_EQ(asked(progress).query, 0);
  EXPECT_EQ(asked(progress).attempts, 1);
  progress = after_check(asked(progress), Verdict::accepted);
  EXPECT_EQ(asked(progress), (Progress{.query = 1}));
}

TEST(NextAction, GivesUpAtEachLimit) {
  const auto never = [](auto) { return Verdict::rejected; };
  const Play by_query = play({.retrainings = 100, .retrainings_per_query = 3, .checks = 100}, never);
  EXPECT_EQ(by_query.last, (Action{Kind::stop, End::gave_up, LimitReached::retrainings_per_query}));
  EXPECT_EQ(by_query.tally.retrainings, 3);
  EXPECT_EQ(by_query.tally.checks, 4);

  const Play in_all = play({.retrainings = 3, .retrainings_per_query = 100, .checks = 100}, never);
  EXPECT_EQ(in_all.last, (Action{Kind::stop, End::gave_up, LimitReached::retrainings}));
  EXPECT_EQ(in_all.tally.retrainings, 3);

  const Play by_checks = play({.retrainings = 100, .retrainings_per_query = 100, .checks = 3}, never);
  EXPECT_EQ(by_checks.last, (Action{Kind::stop, End::gave_up, LimitReached::checks}));
  EXPECT_EQ(by_checks.tally.checks, 3);
  EXPECT_EQ(by_checks.tally.retrainings, 2) << "no retraining without a check that could follow";
}

TEST(NextAction, ConvergesAtTheVeryLimit) {
  const Play p = play({.accepted = 5, .checks = 5}, [](auto) { return Verdict::accepted; });
  EXPECT_EQ(p.last.end, End::converged);
}

TEST(NextAction, AllowsNoRetrainingAtAll) {
  const Play p = play({.retrainings = 0}, [](auto) { return Verdict::rejected; });
  EXPECT_EQ(p.last.limit, LimitReached::retrainings);
  EXPECT_EQ(p.tally.checks, 1);
}

// Every sequence of verdicts, under every small set of limits, ends, and keeps to its limits on the way.
TEST(NextAction, EveryPathEndsWithinItsLimits) {
  constexpr int depth = 10;
  for (std::int64_t accepted = 1; accepted <= 3; ++accepted) {
    for (std::int64_t retrainings = 0; retrainings <= 4; ++retrainings) {
      for (std::int64_t per_query = 0; per_query <= 4; ++per_query) {
        for (std::int64_t checks = 1; checks <= depth; checks += 3) {
          const Limits limits{accepted, retrainings, per_query, checks};
          for (int bits = 0; bits < (1 << depth); ++bits) {
            const Play p = play(limits, [&](std::int64_t check) {
              return ((bits >> check) & 1) != 0 ? Verdict::accepted : Verdict::rejected;
            });
            ASSERT_LE(p.tally.checks, checks);
            ASSERT_LE(p.tally.retrainings, retrainings);
            ASSERT_LE(p.progress.retrainings, per_query);
            ASSERT_LE(p.tally.accepted, accepted);
            ASSERT_EQ(p.last.end == End::converged, p.tally.accepted == accepted);
            ASSERT_EQ(p.last.end == End::gave_up, p.last.limit != LimitReached::none);
            ASSERT_EQ(p.tally.checks, p.tally.accepted + p.tally.rejected + p.tally.inconclusive);
          }
        }
      }
    }
  }
}

TEST(NextAction, DependsOnItsArgumentsAlone) {
  const Progress progress{.query = 3, .attempts = 2, .retrainings = 1, .verdict = Verdict::rejected};
  const Tally tally{.checks = 9, .accepted = 3, .rejected = 6, .retrainings = 6};
  const Action first = next_action(progress, tally, {});
  EXPECT_EQ(next_action(progress, tally, {}), first);
}

}  // namespace
}  // namespace ailoop
