// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds from call to call of evaluate, and for one call alone.
#include <ailoop/core/error.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using test::LoopCase;

/// What one call gave on this rank.
struct Call {
  EvaluationReport report;
  std::vector<double> x, y;
  std::vector<Verdict> verdicts;
};

/// Queries (i + shift) / n, of which each rank brings its even part.
Call evaluate(Emulator& emulator, const Communicator& comm, std::int64_t n = 64, double shift = 0.5) {
  const IndexRange mine = block_of(n, comm.size(), comm.rank());
  Call call;
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    call.x.push_back((static_cast<double>(i) + shift) / static_cast<double>(n));
  }
  call.y.resize(call.x.size());
  call.verdicts.resize(call.x.size());
  call.report = emulator.evaluate({call.x.data(), mine.size(), 1}, {call.y.data(), mine.size(), 1}, call.verdicts);
  return call;
}

TEST(EvaluateCalls, LimitsHoldForOneCall) {
  LoopCase loop;
  loop.surrogate.slope = 1e6;  // halved by each retraining
  Emulator emulator = loop.emulator({.retrainings = 2});
  for (int call = 0; call < 2; ++call) {
    const EvaluationReport report = evaluate(emulator, loop.comm).report;
    EXPECT_EQ(report.retrainings, 2);
    EXPECT_EQ(report.end, End::gave_up);
    EXPECT_EQ(report.limit, LimitReached::retrainings);
    EXPECT_EQ(report.unanswered, 64);
  }
}

TEST(EvaluateCalls, WhatALimitLeavesOpenIsRejectedOrAnsweredByTheTruth) {
  for (const bool by_checks : {true, false}) {
    for (const OnExhausted on_exhausted : {OnExhausted::stop, OnExhausted::truth}) {
      LoopCase loop;
      loop.certified = true;
      loop.problem.set_bound([](double x) { return x > 0.6 ? 0.06 : 0.001; });
      loop.surrogate.slope = 1.09;  // from 0.57 on rejected, from 0.6 on inconclusive
      Limits limits{.on_exhausted = on_exhausted};
      (by_checks ? limits.checks : limits.retrainings) = by_checks ? 1 : 1000;
      limits.wall_seconds = by_checks ? 0.0 : 1e-9;
      Emulator emulator = loop.emulator(limits);
      const Call call = evaluate(emulator, loop.comm);
      EXPECT_EQ(call.report.limit, by_checks ? LimitReached::checks : LimitReached::wall_seconds);
      EXPECT_EQ(call.report.end, by_checks ? End::gave_up : End::interrupted);
      EXPECT_EQ(call.report.unanswered == 0, on_exhausted == OnExhausted::truth);
      for (std::size_t i = 0; i < call.x.size(); ++i) {
        if (call.verdicts[i] == Verdict::inconclusive) {
          EXPECT_EQ(call.y[i], call.x[i]) << "only the truth decides";
        }
      }
    }
  }
}

TEST(EvaluateCalls, RetrainingThatStagnatedIsNotTriedBeforeTwiceAsManyTruthsAreKnown) {
  LoopCase loop;
  loop.surrogate.slope = 50.0;
  loop.trainer.reach_everywhere = 1e-4;  // never enough
  Emulator emulator = loop.emulator({.on_exhausted = OnExhausted::truth, .on_stagnation = OnStagnation::set_aside});
  std::int64_t truths = evaluate(emulator, loop.comm, 10).report.truth_calls;
  EXPECT_EQ(truths, 10);
  const EvaluationReport second = evaluate(emulator, loop.comm, 10).report;  // known: 10, found to be vain again
  EXPECT_EQ(second.by_truth, 10);
  loop.trainer.reach_everywhere = 1e9;                                            // from now on it would help
  const EvaluationReport third = evaluate(emulator, loop.comm, 10, 0.25).report;  // known: 20 = twice as many
  EXPECT_GT(third.retrainings, 0);
  EXPECT_EQ(third.unanswered, 0);

  LoopCase other;
  other.surrogate.slope = 50.0;
  other.trainer.reach_everywhere = 1e-4;
  Emulator remembering = other.emulator({.on_exhausted = OnExhausted::truth, .on_stagnation = OnStagnation::set_aside});
  static_cast<void>(evaluate(remembering, other.comm, 10));
  static_cast<void>(evaluate(remembering, other.comm, 4));  // vain with 10 truths known
  other.trainer.reach_everywhere = 1e9;
  const EvaluationReport vain = evaluate(remembering, other.comm, 4, 0.25).report;  // 14 of 20
  EXPECT_EQ(vain.retrainings, 0);
  EXPECT_EQ(vain.by_truth, 4);
}

TEST(EvaluateCalls, GoOnFromASavedStateWithTheSameBitsRecordsAndAudits) {
  const Limits limits{.on_exhausted = OnExhausted::truth, .on_stagnation = OnStagnation::set_aside};
  const auto prepare = [](LoopCase& loop) {
    loop.certified = true;
    loop.audit = 3;
    loop.problem.set_bound([](double x) { return x > 0.9 ? 0.06 : 0.001; });
    loop.surrogate.slope = 3.0;
  };
  const auto followers = [](LoopCase& loop) {
    return loop.leads() ? std::vector<RunObserver*>{&loop.witness} : std::vector<RunObserver*>();
  };
  LoopCase loop;
  prepare(loop);
  Emulator through = loop.emulator(limits);
  through.follow(followers(loop), KeptChecks::all);
  static_cast<void>(evaluate(through, loop.comm));
  const SafetensorsFile saved = through.saved();
  loop.witness.events.clear();
  const Call expected = evaluate(through, loop.comm, 48, 0.3);

  LoopCase restarted;
  prepare(restarted);
  Emulator emulator = restarted.emulator(limits);
  emulator.follow(followers(restarted), KeptChecks::all);
  emulator.go_on_from(restarted.leads() ? &saved : nullptr);
  const Call call = evaluate(emulator, restarted.comm, 48, 0.3);
  EXPECT_EQ(call.y, expected.y);
  EXPECT_EQ(call.verdicts, expected.verdicts);
  EXPECT_EQ(call.report.truth_calls, expected.report.truth_calls);
  EXPECT_EQ(call.report.audited, expected.report.audited);
  EXPECT_EQ(restarted.witness.events, loop.witness.events);
  const Outcome whole = through.outcome();
  const Outcome in_parts = emulator.outcome();
  if (loop.leads()) {
    EXPECT_EQ(in_parts.tally, whole.tally);
    EXPECT_GT(whole.tally.audited, expected.report.audited);
    EXPECT_EQ(in_parts.audited_errors.packed(), whole.audited_errors.packed());
  }
}

TEST(EvaluateCalls, RecordsAndAuditsDoNotDependOnHowQueriesAreCut) {
  const auto run = [](const Communicator& world, bool uneven) {
    LoopCase loop;
    loop.audit = 4;
    loop.surrogate.slope = 1.4;
    Emulator emulator = loop.emulator({});
    emulator.follow(loop.leads() ? std::vector<RunObserver*>{&loop.witness} : std::vector<RunObserver*>(),
                    KeptChecks::all);
    std::int64_t audited = 0;
    for (int call = 0; call < 2; ++call) {
      const bool all_here = world.rank() == world.size() - 1;
      const IndexRange mine = uneven ? IndexRange{0, all_here ? 64 : 0} : block_of(64, world.size(), world.rank());
      std::vector<double> x;
      for (std::int64_t i = mine.first; i < mine.last; ++i) {
        x.push_back((static_cast<double>(i) + 0.5) / 64.0);
      }
      std::vector<double> y(x.size());
      std::vector<Verdict> verdicts(x.size());
      audited += emulator.evaluate({x.data(), mine.size(), 1}, {y.data(), mine.size(), 1}, verdicts).audited;
    }
    loop.witness.events.push_back(std::to_string(audited));
    return loop.witness.events;
  };
  const Communicator world(MPI_COMM_WORLD);
  const std::vector<std::string> even = run(world, false);
  EXPECT_EQ(even, run(world, true));
  if (world.rank() == 0) {
    EXPECT_EQ(std::ranges::count_if(even, [](const std::string& e) { return e.starts_with("accepted 127 "); }), 1)
        << "queries are numbered through all calls";
  }
}

}  // namespace
}  // namespace ailoop
