// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What evaluate makes of retrainings that do not help.
#include <ailoop/core/error.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ailoop {
namespace {

using test::LoopCase;
using ::testing::HasSubstr;

/// Of 64 queries of the model rank.
EvaluationReport evaluate(LoopCase& loop, const Limits& limits = {}) {
  std::vector<double> x;
  for (int i = 0; loop.leads() && i < 64; ++i) {
    x.push_back((i + 0.5) / 64.0);
  }
  std::vector<double> y(x.size());
  std::vector<Verdict> verdicts(x.size());
  const auto n = static_cast<std::int64_t>(x.size());
  Emulator emulator = loop.emulator(limits);
  return emulator.evaluate({x.data(), n, 1}, {y.data(), n, 1}, verdicts);
}

TEST(Evaluate, DoesNotRetrainInVain) {
  for (const OnExhausted on_exhausted : {OnExhausted::stop, OnExhausted::truth}) {
    for (const OnStagnation mode : {OnStagnation::go_on, OnStagnation::set_aside, OnStagnation::stop}) {
      LoopCase loop;
      loop.surrogate.slope = 3.0;
      loop.trainer.reach_everywhere = 1e-4;
      const Limits limits{.retrainings_per_query = 3, .on_exhausted = on_exhausted, .on_stagnation = mode};
      const EvaluationReport report = evaluate(loop, limits);
      EXPECT_EQ(report.retrainings, mode == OnStagnation::go_on ? 3 : 0);
      const bool by_truth = on_exhausted == OnExhausted::truth && mode != OnStagnation::stop;
      EXPECT_EQ(report.unanswered == 0, by_truth);
      EXPECT_EQ(report.by_truth > 0, by_truth);
    }
  }
  LoopCase loop;
  loop.problem.share_of = [](std::int64_t /*share*/, double /*x*/) { return std::numeric_limits<double>::quiet_NaN(); };
  EXPECT_EQ(evaluate(loop).retrainings, 0);
}

TEST(Evaluate, DivergedTrainingGivesBackTheModelAndFailsTheSecondTimeInARow) {
  LoopCase loop;
  loop.surrogate.slope = 9.0;
  int fits = 0;
  loop.trainer.before_fitting = [&](const SampleSet&) {
    if (++fits != 2) {
      loop.surrogate.slope = INFINITY;
      throw DivergenceError("the loss is infinite");
    }
  };
  try {
    static_cast<void>(evaluate(loop));
    FAIL() << "the second divergence in a row was not told";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::numerical);
    EXPECT_THAT(error.what(), HasSubstr("diverged again"));
  }
  if (loop.leads()) {
    EXPECT_EQ(fits, 4);
    EXPECT_EQ(loop.surrogate.slope, 5.0) << "as the one good training left it";
  }
}

}  // namespace
}  // namespace ailoop
