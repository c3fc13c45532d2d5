// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

namespace ailoop {
namespace {

using test::LoopCase;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Runs a loop that must fail; every rank must hear of it in the same words.
void expect_failure(LoopCase& loop, ErrorKind kind, const std::string& words, const Limits& limits = {}) {
  try {
    loop.run(limits);
    FAIL() << "the run did not fail";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_THAT(error.what(), HasSubstr(words));
  }
  if (loop.leads()) {
    EXPECT_EQ(loop.witness.events.back(), "failed");
  }
}

TEST(Controller, RetrainsAndAsksTheSameQueryUntilAccepted) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;  // off by 0.17 at the first query, halved by each retraining
  const Outcome outcome = loop.run({.accepted = 3});
  EXPECT_EQ(outcome.end, End::converged);
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events,
                ElementsAre("rejected 0 1", "retraining 0", "retrained on 0", "rejected 0 2", "retraining 0",
                            "retrained on 10", "accepted 0 3", "accepted 1 1", "accepted 2 1", "converged"));
    EXPECT_EQ(outcome.tally, (Tally{.checks = 5,
                                    .accepted = 3,
                                    .rejected = 2,
                                    .by_surrogate = 3,
                                    .retrainings = 2,
                                    .truth_calls = 20,
                                    .samples = 20}));
  }
}

TEST(Controller, WhatIsComputedAheadOrAloneAndHowMessagesTravelChangesNothing) {
  const auto events = [](std::int64_t ahead, DrawnBy drawn_by, bool shares_memory) {
    LoopCase loop(MPI_COMM_WORLD, OnFailure::stop, drawn_by, shares_memory);
    loop.ahead = ahead;
    loop.surrogate.slope = 1.3;
    loop.problem.truth_of = [](double x, std::int64_t sample) { return x + static_cast<double>(sample); };
    std::vector<double> trained_on;
    loop.trainer.before_fitting = [&](const SampleSet& samples) {
      const auto& rows = std::get<ArrayOf<double>>(samples.rows());
      trained_on.insert(trained_on.end(), rows.data, rows.data + 2 * samples.count());
    };
    loop.run({.accepted = 50, .batch = 3});
    return std::pair(loop.witness.events, trained_on);
  };
  const auto expected = events(0, DrawnBy::all, false);
  EXPECT_EQ(events(0, DrawnBy::all, true), expected);
  EXPECT_EQ(events(64, DrawnBy::all, false), expected);
  EXPECT_EQ(events(64, DrawnBy::all, true), expected);
  EXPECT_EQ(events(64, DrawnBy::automatic, true), expected);
}

TEST(Controller, EveryRankLearnsThatTheRunGaveUp) {
  LoopCase loop;
  loop.surrogate.slope = 100;
  const Outcome outcome = loop.run({.retrainings_per_query = 2});
  EXPECT_EQ(outcome.end, End::gave_up);
  if (loop.leads()) {
    EXPECT_EQ(outcome.limit, LimitReached::retrainings_per_query);
    EXPECT_THAT(outcome.unanswered, ElementsAre(0));
    EXPECT_EQ(loop.witness.events.back(), "gave_up");
  }
}

TEST(Controller, TrainsOnAllSamplesInIndexOrder) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  loop.problem.truth_of = [](double /*x*/, std::int64_t sample) { return static_cast<double>(sample); };
  std::vector<double> seen;
  loop.trainer.before_fitting = [&](const SampleSet& samples) {
    const auto& rows = std::get<ArrayOf<double>>(samples.rows());
    for (std::int64_t i = 0; i < samples.count(); ++i) {
      seen.push_back(rows(i, 1));
    }
  };
  loop.run({.accepted = 1});
  if (loop.leads()) {
    EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19));
  }
}

// Prediction and each rank's approximation wait for each other inside a check: one after the other would hang.
TEST(Controller, PredictsAndApproximatesAtTheSameTime) {
  LoopCase loop;
  MPI_Comm meeting = MPI_COMM_NULL;
  const bool takes_part = loop.leads() || loop.roles.shares_of(loop.comm.rank()).size() > 0;
  MPI_Comm_split(MPI_COMM_WORLD, takes_part ? 0 : MPI_UNDEFINED, loop.comm.rank(), &meeting);
  if (loop.comm.size() > 1) {
    const std::int64_t first_share = loop.roles.shares_of(loop.comm.rank()).first;
    loop.surrogate.before_predicting = [&] { MPI_Barrier(meeting); };
    loop.problem.share_of = [&, first_share](std::int64_t share, double x) {
      if (share == first_share) {
        MPI_Barrier(meeting);
      }
      return share == 0 ? x : 0.0;
    };
  }
  EXPECT_EQ(loop.run({.accepted = 4}).end, End::converged);
  if (meeting != MPI_COMM_NULL) {
    MPI_Comm_free(&meeting);
  }
}

TEST(Controller, FailureOfOneApproximationRankEndsAll) {
  const RoleLayout roles = LoopCase().roles;
  for (const int failing : roles.approximation_ranks) {
    LoopCase loop;
    int calls = 0;
    loop.problem.share_of = [&](std::int64_t share, double x) {
      if (loop.comm.rank() == failing && ++calls > 5) {
        throw DependencyError("no licence");
      }
      return share == 0 ? x : 0.0;
    };
    expect_failure(loop, ErrorKind::dependency, "no licence", {.accepted = 100});
    if (loop.leads()) {
      EXPECT_EQ(loop.witness.events.front(), "accepted 0 1") << "what was answered before the failure is kept";
    }
  }
}

TEST(Controller, FailureOfThePredictionEndsAll) {
  LoopCase loop;
  int calls = 0;
  loop.surrogate.before_predicting = [&] {
    if (++calls > 3) {
      throw NumericalError("overflow");
    }
  };
  expect_failure(loop, ErrorKind::numerical, "overflow", {.accepted = 100});
}

TEST(Controller, FailureOfTheTrainingEndsAll) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  loop.trainer.before_fitting = [](const SampleSet&) { throw NumericalError("training diverged"); };
  expect_failure(loop, ErrorKind::numerical, "training diverged");
}

TEST(Controller, FailureOfTheTruthOnOneRankEndsAll) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  loop.problem.truth_of = [&](double x, std::int64_t /*sample*/) {
    if (loop.comm.rank() == loop.comm.size() - 1) {
      throw InputOutputError("disk full");
    }
    return x;
  };
  expect_failure(loop, ErrorKind::input_output, "disk full");
}

TEST(Controller, FailureOfAnObserverEndsAll) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  loop.witness.before_retraining = [] { throw InputOutputError("answers.csv: no space left"); };
  expect_failure(loop, ErrorKind::input_output, "no space left");
}

TEST(Controller, FailureToWriteTheLastChecksEndsAllInBothLayouts) {
  class Failing final : public RunObserver {
    void checked(const QueryTable& /*table*/, const Tally& /*tally*/) override {
      throw InputOutputError("answers.csv: no space left");
    }
  };
  for (const bool everywhere : {false, true}) {
    LoopCase loop;
    loop.everywhere = everywhere;
    Failing failing;
    loop.more_observers = {&failing};
    expect_failure(loop, ErrorKind::input_output, "answers.csv: no space left", {.accepted = 8, .batch = 8});
  }
}

// What is computed only to be shown is computed on each rank, before the checks of all are gathered.
TEST(Controller, FailureOfABoundThatIsShownEndsAllInBothLayouts) {
  for (const bool everywhere : {false, true}) {
    LoopCase loop;
    loop.everywhere = everywhere;
    const int failing = everywhere ? loop.comm.size() - 1 : 0;
    loop.problem.set_bound([&](double /*x*/) -> double {
      if (loop.comm.rank() == failing) {
        throw NumericalError("no bound");
      }
      return 0.0;
    });
    expect_failure(loop, ErrorKind::numerical, "no bound", {.accepted = 8, .batch = 8});
  }
}

TEST(Controller, EveryObserverHearsOfChecksThoughOneFails) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  class Failing final : public RunObserver {
    void checked(const QueryTable& /*table*/, const Tally& /*tally*/) override {
      throw InputOutputError("run.jsonl: no space left");
    }
  } failing;
  loop.more_observers = {&failing};
  expect_failure(loop, ErrorKind::input_output, "run.jsonl: no space left");
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events, ElementsAre("rejected 0 1", "failed"));
  }
}

/// The approximation is exact, its bound says nothing beyond x = 0.8: queries 0 to 3 lie there or near.
void use_certified(LoopCase& loop) {
  loop.certified = true;
  loop.problem.set_bound([](double x) { return x > 0.8 ? 1.0 : 0.0; });
}

TEST(Controller, TheTruthAnswersInconclusiveQueriesWithoutARetraining) {
  LoopCase loop;
  use_certified(loop);
  const Outcome outcome = loop.run({.accepted = 3});
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events,
                ElementsAre("inconclusive 0 1 by truth", "accepted 1 1", "accepted 2 1", "converged"));
    EXPECT_EQ(outcome.tally.truth_calls, 1);
    EXPECT_EQ(outcome.tally.by_truth, 1);
  }
}

TEST(Controller, ARefutedInconclusiveQueryIsRetrainedForAndItsTruthComputedOnce) {
  LoopCase loop;
  use_certified(loop);
  loop.surrogate.slope = 1.2;
  std::int64_t calls = 0;
  loop.problem.truth_of = [&](double x, std::int64_t sample) {
    calls += sample < 0 ? 1 : 0;
    return x;
  };
  const Outcome outcome = loop.run({.accepted = 1});
  MPI_Allreduce(MPI_IN_PLACE, &calls, 1, MPI_INT64_T, MPI_SUM, loop.comm.get());
  EXPECT_EQ(calls, 1);
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events,
                ElementsAre("inconclusive 0 1", "retraining 0", "retrained on 0", "inconclusive 0 2", "retraining 0",
                            "retrained on 10", "inconclusive 0 3 by truth", "converged"));
    EXPECT_EQ(outcome.tally.samples, 21) << "two draws, and the query in the first retraining";
  }
}

TEST(Controller, AsksABatchTogetherAndOnlyItsRejectedQueriesAgain) {
  LoopCase loop;
  loop.surrogate.slope = 1.079;  // wrong beyond x = 0.633: queries 0 to 4
  loop.run({.accepted = 8, .batch = 8});
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events, ElementsAre("rejected 0 1", "rejected 1 1", "rejected 2 1", "rejected 3 1",
                                                 "rejected 4 1", "accepted 5 1", "accepted 6 1", "accepted 7 1",
                                                 "retraining 0", "retrained on 0", "accepted 0 2", "accepted 1 2",
                                                 "accepted 2 2", "accepted 3 2", "accepted 4 2", "converged"));
  }
}

TEST(Controller, TheTruthAnswersExhaustedQueries) {
  LoopCase loop;
  loop.surrogate.slope = 100;
  const Outcome outcome =
      loop.run({.accepted = 2, .batch = 2, .retrainings_per_query = 1, .on_exhausted = OnExhausted::truth});
  EXPECT_EQ(outcome.end, End::converged);
  if (loop.leads()) {
    EXPECT_THAT(loop.witness.events,
                ElementsAre("rejected 0 1", "rejected 1 1", "retraining 0", "retrained on 0", "rejected 0 2",
                            "rejected 1 2", "exhausted 0 2 by truth", "exhausted 1 2 by truth", "converged"));
  }
}

TEST(Controller, SkipsQueriesAndSamplesWhoseTruthFails) {
  LoopCase loop(MPI_COMM_WORLD, OnFailure::skip);
  use_certified(loop);
  loop.surrogate.slope = 1.2;
  loop.problem.fails_at = [](double x) { return x > 0.5; };
  const Outcome outcome = loop.run({.accepted = 2});
  EXPECT_EQ(outcome.end, End::converged);
  if (loop.leads()) {
    EXPECT_THAT(outcome.unanswered, ElementsAre(0)) << "it was inconclusive, and its truth failed";
    EXPECT_EQ(outcome.tally.skipped, 1);
    EXPECT_GT(outcome.tally.failed_samples, 0);
    EXPECT_EQ(outcome.tally.samples + outcome.tally.failed_samples, outcome.tally.truth_calls - 1);
  }
}

TEST(Controller, FailureOfATruthThatDecidesEndsAll) {
  LoopCase loop;
  use_certified(loop);
  loop.problem.fails_at = [](double /*x*/) { return true; };
  expect_failure(loop, ErrorKind::numerical, "truth of queries: the truth of a query at x = 0.8333333333333333");
}

TEST(Controller, OutcomeDoesNotDependOnTheNumberOfRanks) {
  const auto events_on = [](MPI_Comm comm) {
    LoopCase loop(comm);
    loop.surrogate.slope = 1.7;
    loop.run({.accepted = 6});
    return loop.witness.events;
  };
  const auto together = events_on(MPI_COMM_WORLD);
  const auto alone = events_on(MPI_COMM_SELF);
  if (Communicator(MPI_COMM_WORLD).rank() == RoleLayout::model_rank) {
    EXPECT_EQ(together, alone);
  }
}

}  // namespace
}  // namespace ailoop
