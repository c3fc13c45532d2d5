// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What retrainings come to: a worse model, none at all, or nothing that helps the query.
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <functional>
#include <limits>

namespace ailoop {
namespace {

using test::LoopCase;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A loop whose trainings `spoil` may spoil, by their number from 1; the others halve the model's error.
struct SpoiltTrainings {
  explicit SpoiltTrainings(std::function<void(double& slope, int training)> spoil) {
    loop.surrogate.slope = 1.2;
    loop.trainer.before_fitting = [this, spoil = std::move(spoil)](const SampleSet&) {
      spoil(loop.surrogate.slope, ++trainings);
    };
  }

  LoopCase loop;
  int trainings = 0;
};

TEST(Retraining, ATrainingThatMakesTheModelMuchWorseIsUndone) {
  SpoiltTrainings spoilt([](double& slope, int training) { slope = training == 1 ? 10.0 : slope; });
  const Outcome outcome = spoilt.loop.run({.accepted = 3});
  if (spoilt.loop.leads()) {
    EXPECT_EQ(outcome.tally.diverged, 1);
    EXPECT_EQ(outcome.tally.retrainings, 3) << "two good ones from where the model was";
    EXPECT_DOUBLE_EQ(spoilt.loop.surrogate.slope, 1.05);
  }
}

TEST(Retraining, TrainingsThatOnlyMakeTheModelWorseEndNothing) {
  SpoiltTrainings many([](double& slope, int training) { slope = training < 20 ? 100.0 : slope; });
  const Outcome outcome = many.loop.run({.accepted = 1});
  EXPECT_EQ(outcome.end, End::converged);
  if (many.loop.leads()) {
    EXPECT_EQ(outcome.tally.diverged, 19);
  }
}

TEST(Retraining, DivergencesCountUntilTheNextGoodTraining) {
  SpoiltTrainings every_other([](double& /*slope*/, int training) {
    if (training % 2 == 0) {
      throw DivergenceError("no longer finite");
    }
  });
  every_other.loop.surrogate.slope = 1.8;
  const Outcome outcome = every_other.loop.run({.accepted = 1});
  if (every_other.loop.leads()) {
    EXPECT_EQ(outcome.end, End::converged);
    EXPECT_EQ(outcome.tally.retrainings, 7);
    EXPECT_EQ(outcome.tally.diverged, 3);
  }
  SpoiltTrainings twice([](double& /*slope*/, int training) {
    if (training > 1) {
      throw DivergenceError("no longer finite");
    }
  });
  twice.loop.surrogate.slope = 100;
  try {
    twice.loop.run({});
    ADD_FAILURE() << "the second divergence in a row was not told";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_THAT(error.what(), HasSubstr("diverged again: no longer finite"));
  }
  EXPECT_EQ(twice.trainings, twice.loop.leads() ? 3 : 0);
}

TEST(Retraining, NotANumberIsNeverAccepted) {
  LoopCase loop;
  loop.problem.share_of = [](std::int64_t /*share*/, double /*x*/) { return std::numeric_limits<double>::quiet_NaN(); };
  const Outcome outcome = loop.run({.retrainings = 3});
  EXPECT_EQ(outcome.end, End::gave_up);
  EXPECT_EQ(outcome.tally.accepted, 0);
  EXPECT_EQ(outcome.tally.retrainings, 0) << "which could not change the approximation";
}

TEST(Retraining, AQueryBeyondTheTrainersReachIsSetAside) {
  LoopCase loop;
  loop.surrogate.slope = 1.1;  // off by less than the tolerance plus a hundredth from query 7 on
  loop.trainer.reach_everywhere = 0.0105;
  const Limits limits{.accepted = 9, .batch = 2, .on_stagnation = OnStagnation::set_aside};
  const Outcome outcome = loop.run(limits);
  EXPECT_EQ(outcome.end, End::gave_up);
  if (loop.leads()) {
    EXPECT_EQ(outcome.limit, LimitReached::stagnation);
    EXPECT_THAT(outcome.unanswered, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_EQ(outcome.tally.set_aside, 6);
    EXPECT_EQ(outcome.tally.by_surrogate, 9) << "the others go on";
    EXPECT_EQ(outcome.tally.retrainings, 1) << "for the batch of a query that was in reach";
    EXPECT_EQ(outcome.tally.truth_calls, 10);
  }
}

TEST(Retraining, WhereRetrainingIsVainTheTruthAnswersIfItMay) {
  LoopCase loop;
  loop.surrogate.slope = 1.2;
  loop.trainer.reach_everywhere = 0.01;
  const Outcome outcome =
      loop.run({.accepted = 2, .on_exhausted = OnExhausted::truth, .on_stagnation = OnStagnation::set_aside});
  EXPECT_EQ(outcome.end, End::converged);
  if (loop.leads()) {
    EXPECT_EQ(outcome.tally.by_truth, 2);
    EXPECT_EQ(outcome.tally.retrainings, 0);
  }
}

}  // namespace
}  // namespace ailoop
