// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/next_action.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace ailoop {
namespace {

using Kind = Action::Kind;

/// What the gate and the truth say of one pending query: `skipped` and `wrong` are inconclusive queries that the truth
/// fails at or refuses.
enum class Fate { accepted, rejected, right, wrong, skipped };

/// Follows a run to its end; `fate(n)` plays the gate and the truth for the n-th judgement.
struct Play {
  Progress progress;
  Tally tally;
  Action last;
  std::vector<Kind> actions;
};

/// Plays one check of all pending queries: what it counts, and how many of them are settled by it and by the truth.
struct CheckPlayed {
  CheckCounts counts;
  std::int64_t settled = 0;
  std::int64_t settled_by_truth = 0;
};

CheckPlayed play_check(Play& p, const std::function<Fate(std::int64_t)>& fate) {
  CheckPlayed played;
  const std::int64_t judged = p.tally.accepted + p.tally.rejected + p.tally.inconclusive;
  for (std::int64_t i = 0; i < p.progress.pending; ++i) {
    const Fate of_query = fate(judged + i);
    played.counts.accepted += of_query == Fate::accepted ? 1 : 0;
    played.counts.rejected += of_query == Fate::rejected ? 1 : 0;
    const bool is_inconclusive = of_query != Fate::accepted && of_query != Fate::rejected;
    played.counts.inconclusive += is_inconclusive ? 1 : 0;
    played.counts.undecided += is_inconclusive ? 1 : 0;
    p.tally.by_surrogate += of_query == Fate::accepted ? 1 : 0;
    p.tally.by_truth += of_query == Fate::right ? 1 : 0;
    p.tally.skipped += of_query == Fate::skipped ? 1 : 0;
    played.settled_by_truth += of_query == Fate::right || of_query == Fate::skipped ? 1 : 0;
  }
  played.settled = played.counts.accepted;
  return played;
}

/// Unless retraining goes on anyway, a second retraining is vain.
Play play(const Limits& limits, const std::function<Fate(std::int64_t)>& fate) {
  Play p;
  std::int64_t decided = 0;  // by the truth, once it is asked
  for (;;) {
    p.progress.vain =
        limits.on_stagnation != OnStagnation::go_on && p.progress.pending > 0 && p.progress.retrainings > 0;
    p.last = next_action(p.progress, p.tally, limits);
    p.actions.push_back(p.last.kind);
    switch (p.last.kind) {
      case Kind::stop:
        return p;
      case Kind::ask:
        p.progress = after_asking(p.progress, p.last.queries);
        [[fallthrough]];
      case Kind::check: {
        const CheckPlayed played = play_check(p, fate);
        p.progress = after_check(p.progress, played.counts);
        add_check(p.tally, played.counts);
        decided = played.settled_by_truth;
        if (played.counts.undecided == 0) {
          p.progress = after_settling(p.progress, played.settled);
        } else {
          decided += played.settled;
        }
        break;
      }
      case Kind::decide:
        p.progress = after_settling(p.progress, decided);
        break;
      case Kind::answer:
        p.tally.by_truth += p.progress.pending;
        p.progress = after_settling(p.progress, p.progress.pending);
        break;
      case Kind::set_aside:
        p.tally.set_aside += p.progress.pending;
        p.progress = after_settling(p.progress, p.progress.pending);
        break;
      case Kind::retrain:
        p.progress = after_retraining(p.progress);
        ++p.tally.retrainings;
        break;
    }
  }
}

/// One rejected query for which retraining is vain, and nine answers of ten wanted.
Action for_vain_query(const Limits& limits) {
  const Progress progress{.next_query = 10, .pending = 1, .attempts = 1, .judged = true, .vain = true};
  return next_action(progress, {.checks = 10, .by_surrogate = 9}, limits);
}

Fate always_accepted(std::int64_t /*n*/) { return Fate::accepted; }
Fate always_rejected(std::int64_t /*n*/) { return Fate::rejected; }

TEST(NextAction, StopsConvergedAfterEnoughAnswers) {
  const Play p = play({.accepted = 5}, always_accepted);
  EXPECT_EQ(p.last, (Action{.kind = Kind::stop, .end = End::converged}));
  EXPECT_EQ(p.tally.checks, 5);
  EXPECT_EQ(p.tally.retrainings, 0);
}

TEST(NextAction, AsksNoMoreThanIsWantedInTheLastBatch) {
  const Play p = play({.accepted = 10, .batch = 4}, always_accepted);
  EXPECT_EQ(p.tally.checks, 3);
  EXPECT_EQ(p.progress.next_query, 10);
  EXPECT_EQ(p.tally.answers(), 10);
}

TEST(NextAction, ChecksThePendingQueriesAgainAfterARetraining) {
  const Play p = play({.accepted = 2}, [](std::int64_t n) { return n == 0 ? Fate::rejected : Fate::accepted; });
  EXPECT_EQ(p.actions, (std::vector{Kind::ask, Kind::retrain, Kind::check, Kind::ask, Kind::stop}));
}

TEST(NextAction, OnlyUnansweredQueriesOfABatchStayPending) {
  const Play p =
      play({.accepted = 3, .batch = 3}, [](std::int64_t n) { return n == 1 ? Fate::rejected : Fate::accepted; });
  EXPECT_EQ(p.actions, (std::vector{Kind::ask, Kind::retrain, Kind::check, Kind::stop}));
  EXPECT_EQ(p.tally.accepted + p.tally.rejected, 4) << "the second check is of one query";
}

TEST(NextAction, TheTruthDecidesOnInconclusiveQueriesBeforeAnythingElse) {
  const Play right = play({.accepted = 1}, [](std::int64_t) { return Fate::right; });
  EXPECT_EQ(right.actions, (std::vector{Kind::ask, Kind::decide, Kind::stop})) << "no retraining for a right answer";
  const Play wrong = play({.accepted = 1}, [](std::int64_t n) { return n == 0 ? Fate::wrong : Fate::accepted; });
  EXPECT_EQ(wrong.actions, (std::vector{Kind::ask, Kind::decide, Kind::retrain, Kind::check, Kind::stop}));
}

TEST(NextAction, GivesUpAtEachLimit) {
  const Play by_query = play({.retrainings = 100, .retrainings_per_query = 3, .checks = 100}, always_rejected);
  EXPECT_EQ(by_query.last.end, End::gave_up);
  EXPECT_EQ(by_query.last.limit, LimitReached::retrainings_per_query);
  EXPECT_EQ(by_query.tally.retrainings, 3);
  EXPECT_EQ(by_query.tally.checks, 4);

  const Play in_all = play({.retrainings = 3, .retrainings_per_query = 100, .checks = 100}, always_rejected);
  EXPECT_EQ(in_all.last.limit, LimitReached::retrainings);
  EXPECT_EQ(in_all.tally.retrainings, 3);

  const Play by_checks = play({.retrainings = 100, .retrainings_per_query = 100, .checks = 3}, always_rejected);
  EXPECT_EQ(by_checks.last.limit, LimitReached::checks);
  EXPECT_EQ(by_checks.tally.checks, 3);
  EXPECT_EQ(by_checks.tally.retrainings, 2) << "no retraining without a check that could follow";
}

TEST(NextAction, NothingIsRetrainedForInVain) {
  Limits limits{.accepted = 10, .on_exhausted = OnExhausted::stop, .on_stagnation = OnStagnation::set_aside};
  EXPECT_EQ(for_vain_query(limits).kind, Kind::set_aside);
  const Action gives_up{.kind = Kind::stop, .end = End::gave_up, .limit = LimitReached::stagnation};
  limits.on_stagnation = OnStagnation::stop;
  EXPECT_EQ(for_vain_query(limits), gives_up);
  limits.on_stagnation = OnStagnation::go_on;
  EXPECT_EQ(for_vain_query(limits), gives_up) << "what no retraining can change";
  limits.on_exhausted = OnExhausted::truth;
  EXPECT_EQ(for_vain_query(limits).kind, Kind::answer);
  limits.on_stagnation = OnStagnation::set_aside;
  EXPECT_EQ(for_vain_query(limits).kind, Kind::answer);
  limits.on_stagnation = OnStagnation::stop;
  EXPECT_EQ(for_vain_query(limits), gives_up);
}

TEST(NextAction, ARunThatSetQueriesAsideGivesUpOnceItHasAllOthers) {
  const Action gives_up{.kind = Kind::stop, .end = End::gave_up, .limit = LimitReached::stagnation};
  const Progress none{.next_query = 12};
  EXPECT_EQ(next_action(none, {.by_surrogate = 10, .set_aside = 2}, {.accepted = 10}), gives_up);
  EXPECT_EQ(next_action(none, {.by_surrogate = 9, .set_aside = 3}, {.accepted = 10}).kind, Kind::ask);
  EXPECT_EQ(next_action(none, {.by_surrogate = 10, .set_aside = 2}, {.accepted = 12, .queries = 12}), gives_up);
  EXPECT_EQ(next_action(none, {.by_surrogate = 9, .skipped = 1, .set_aside = 2}, {.accepted = 12, .queries = 12}).limit,
            LimitReached::queries);
}

TEST(NextAction, OfQueriesWithoutEndNoMoreAreSetAsideThanAnswersAreWanted) {
  const Progress none{.next_query = 11};
  EXPECT_EQ(next_action(none, {.by_surrogate = 1, .set_aside = 10}, {.accepted = 10}),
            (Action{.kind = Kind::stop, .end = End::gave_up, .limit = LimitReached::stagnation}));
  EXPECT_EQ(next_action(none, {.by_surrogate = 1, .set_aside = 10}, {.accepted = 10, .queries = 20}).kind, Kind::ask);
}

TEST(NextAction, TheTruthAnswersExhaustedQueriesWhereItShould) {
  const Play p = play({.accepted = 2, .retrainings_per_query = 1, .on_exhausted = OnExhausted::truth}, always_rejected);
  EXPECT_EQ(p.last, (Action{.kind = Kind::stop, .end = End::converged}));
  EXPECT_EQ(p.tally.by_truth, 2);
  EXPECT_EQ(p.tally.retrainings, 2);
  const Play of_all = play({.accepted = 3, .retrainings = 1, .on_exhausted = OnExhausted::truth}, always_rejected);
  EXPECT_EQ(of_all.last, (Action{.kind = Kind::stop, .end = End::converged})) << "retrainings in all are used up, too";
  EXPECT_EQ(of_all.tally.retrainings, 1);
  const Play at_once = play(
      {.accepted = 1, .retrainings_per_query = 0, .on_exhausted = OnExhausted::truth, .checks = 1}, always_rejected);
  EXPECT_EQ(at_once.actions, (std::vector{Kind::ask, Kind::answer, Kind::stop}));
}

TEST(NextAction, AFiniteSourceConvergesOnceAllItsQueriesHaveAnswers) {
  const Play all = play({.accepted = 100, .batch = 4, .queries = 10}, always_accepted);
  EXPECT_EQ(all.last, (Action{.kind = Kind::stop, .end = End::converged}));
  EXPECT_EQ(all.tally.answers(), 10);
  const Play some =
      play({.accepted = 10, .queries = 10}, [](std::int64_t n) { return n == 3 ? Fate::skipped : Fate::accepted; });
  EXPECT_EQ(some.last.limit, LimitReached::queries) << "one query has no answer";
}

TEST(NextAction, ConvergesAtTheVeryLimit) {
  EXPECT_EQ(play({.accepted = 5, .checks = 5}, always_accepted).last.end, End::converged);
}

TEST(NextAction, AllowsNoRetrainingAtAll) {
  const Play p = play({.retrainings = 0}, always_rejected);
  EXPECT_EQ(p.last.limit, LimitReached::retrainings);
  EXPECT_EQ(p.tally.checks, 1);
}

void expect_within_limits(const Play& p, const Limits& limits) {
  ASSERT_LE(p.tally.checks, limits.checks);
  ASSERT_LE(p.tally.retrainings, limits.retrainings);
  ASSERT_LE(p.progress.retrainings, limits.retrainings_per_query);
  ASSERT_LE(p.tally.answers(), limits.accepted);
  ASSERT_GE(p.progress.pending, 0);
  const bool all_answered =
      p.tally.answers() == limits.accepted || (limits.queries && p.tally.answers() == *limits.queries);
  ASSERT_EQ(p.last.end == End::converged, all_answered && p.tally.set_aside == 0);
  ASSERT_EQ(p.last.end == End::gave_up, p.last.limit != LimitReached::none);
}

// Every sequence of verdicts, under every small set of limits, ends, and keeps to its limits on the way.
TEST(NextAction, EveryPathEndsWithinItsLimits) {
  constexpr Fate fates[] = {Fate::accepted, Fate::rejected, Fate::right, Fate::wrong, Fate::skipped};
  constexpr int depth = 5;
  for (const std::int64_t accepted : {1, 3}) {
    for (const std::int64_t batch : {1, 2, 3}) {
      for (const std::int64_t queries : {0, 2, 5}) {
        for (const std::int64_t retrainings : {0, 1, 4}) {
          for (const std::int64_t per_query : {0, 1, 3}) {
            for (const OnExhausted on_exhausted : {OnExhausted::stop, OnExhausted::truth}) {
              for (const OnStagnation on_stagnation :
                   {OnStagnation::go_on, OnStagnation::set_aside, OnStagnation::stop}) {
                Limits limits{accepted, batch, queries, retrainings, per_query, on_exhausted, on_stagnation, 6};
                limits.queries = queries > 0 ? std::optional(queries) : std::nullopt;
                for (int code = 0; code < 5 * 5 * 5 * 5 * 5; ++code) {
                  expect_within_limits(play(limits,
                                            [&](std::int64_t n) {
                                              int digit = code;
                                              for (std::int64_t i = 0; i < n % depth; ++i) {
                                                digit /= 5;
                                              }
                                              return fates[digit % 5];
                                            }),
                                       limits);
                }
              }
            }
          }
        }
      }
    }
  }
}

TEST(NextAction, DependsOnItsArgumentsAlone) {
  const Progress progress{.next_query = 3, .pending = 1, .attempts = 2, .retrainings = 1, .judged = true};
  const Tally tally{.checks = 9, .accepted = 3, .rejected = 6, .retrainings = 6};
  const Action first = next_action(progress, tally, {});
  EXPECT_EQ(next_action(progress, tally, {}), first);
}

TEST(NextAction, AnInterruptionStopsWhatWouldGoOnAndNothingElse) {
  for (std::int64_t pending = 0; pending < 3; ++pending) {
    for (const bool judged : {false, true}) {
      for (std::int64_t checks = 0; checks < 3; ++checks) {
        for (const OnExhausted on_exhausted : {OnExhausted::stop, OnExhausted::truth}) {
          const Progress progress{.next_query = pending, .pending = pending, .judged = judged};
          const Tally tally{.checks = checks, .by_surrogate = checks};
          const Limits limits{.accepted = 2, .retrainings = 1, .on_exhausted = on_exhausted, .checks = 2};
          const Action undisturbed = next_action(progress, tally, limits);
          for (const Interruption why : {Interruption::signal, Interruption::wall_seconds}) {
            const Action action = next_action(progress, tally, limits, why);
            if (undisturbed.kind == Kind::stop) {
              EXPECT_EQ(action, undisturbed);
            } else {
              EXPECT_EQ(action.kind, Kind::stop);
              EXPECT_EQ(action.end, End::interrupted);
              EXPECT_EQ(action.limit, why == Interruption::signal ? LimitReached::none : LimitReached::wall_seconds);
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace ailoop
