// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <map>

namespace ailoop {
namespace {

using test::LoopCase;
using ::testing::HasSubstr;

constexpr double tolerance = 0.05;

/// f(x) = x; the approximation is exact but promises only a bound that grows with x and passes the tolerance at 0.8.
void use_certified(LoopCase& loop) {
  loop.certified = true;
  loop.problem.set_bound([](double x) { return x * tolerance / 0.8; });
}

/// Queries (i + 1/2) / 64, i in 0 ... 63, cut among ranks as `first_of` says.
struct Answers {
  std::vector<double> x, y;
  std::vector<Verdict> verdicts;
  EvaluationReport report;
};

Answers evaluate(LoopCase& loop, std::int64_t first, std::int64_t last, const Limits& limits = {}) {
  Answers out;
  for (std::int64_t i = first; i < last; ++i) {
    out.x.push_back((static_cast<double>(i) + 0.5) / 64.0);
  }
  out.y.resize(out.x.size());
  out.verdicts.resize(out.x.size());
  const auto n = static_cast<std::int64_t>(out.x.size());
  Emulator emulator = loop.emulator(limits);
  out.report = emulator.evaluate({out.x.data(), n, 1}, {out.y.data(), n, 1}, out.verdicts);
  return out;
}

/// Splits 0 ... 63: all on one rank, even blocks, uneven blocks with an empty first rank.
std::vector<std::pair<std::int64_t, std::int64_t>> splits(const Communicator& comm) {
  const std::int64_t rank = comm.rank();
  const std::int64_t size = comm.size();
  const bool is_last = rank == size - 1;
  return {{is_last ? 0 : 64, 64},
          {64 * rank / size, 64 * (rank + 1) / size},
          {size > 1 && rank == 0 ? 0 : 64 * rank * rank / (size * size),
           size > 1 && rank == 0 ? 0 : 64 * (rank + 1) * (rank + 1) / (size * size)}};
}

TEST(Evaluate, AnswersEveryQueryWithinTheToleranceHoweverQueriesAreCut) {
  const Communicator world(MPI_COMM_WORLD);
  for (const auto& [first, last] : splits(world)) {
    LoopCase loop;
    use_certified(loop);
    loop.surrogate.slope = 1.3;
    const Answers answers = evaluate(loop, first, last);
    EXPECT_EQ(answers.report.unanswered, 0);
    EXPECT_GT(answers.report.retrainings, 0);
    for (std::size_t i = 0; i < answers.x.size(); ++i) {
      EXPECT_NEAR(answers.y[i], answers.x[i], tolerance);
      EXPECT_NE(answers.verdicts[i], Verdict::rejected);
      if (answers.verdicts[i] == Verdict::inconclusive) {
        EXPECT_EQ(answers.y[i], answers.x[i]) << "the truth answers";
      }
    }
  }
}

// The same 64 queries on one rank alone and cut over all ranks: the same bits.
TEST(Evaluate, AnswersDoNotDependOnTheNumberOfRanks) {
  LoopCase alone(MPI_COMM_SELF);
  use_certified(alone);
  alone.surrogate.slope = 1.3;
  const Answers expected = evaluate(alone, 0, 64);

  LoopCase loop;
  use_certified(loop);
  loop.surrogate.slope = 1.3;
  const std::int64_t first = 64 * loop.comm.rank() / loop.comm.size();
  const Answers answers = evaluate(loop, first, 64 * (loop.comm.rank() + 1) / loop.comm.size());
  for (std::size_t i = 0; i < answers.y.size(); ++i) {
    EXPECT_EQ(answers.y[i], expected.y[i + static_cast<std::size_t>(first)]);
    EXPECT_EQ(answers.verdicts[i], expected.verdicts[i + static_cast<std::size_t>(first)]);
  }
  EXPECT_EQ(answers.report.by_surrogate, expected.report.by_surrogate);
  EXPECT_EQ(answers.report.by_truth, expected.report.by_truth);
  EXPECT_EQ(answers.report.truth_calls, expected.report.truth_calls);
  EXPECT_EQ(answers.report.by_surrogate + answers.report.by_truth, 64);
}

TEST(Evaluate, AnswersMayGoWhereTheQueriesAreAndNowhereElseInTheirMemory) {
  LoopCase apart;
  use_certified(apart);
  apart.surrogate.slope = 1.3;
  const Answers expected = evaluate(apart, 0, 64);

  LoopCase loop;
  use_certified(loop);
  loop.surrogate.slope = 1.3;
  Emulator emulator = loop.emulator({});
  std::vector<double> values = expected.x;
  std::vector<Verdict> verdicts(values.size());
  const EvaluationReport report = emulator.evaluate({values.data(), 64, 1}, {values.data(), 64, 1}, verdicts);
  EXPECT_GT(report.retrainings, 0) << "the queries are needed again after the first answers";
  EXPECT_EQ(values, expected.y);
  EXPECT_EQ(verdicts, expected.verdicts);

  const auto answers_behind = [&](std::int64_t from, std::int64_t to, std::int64_t count) {
    values = expected.x;
    return emulator.evaluate({values.data() + from, count, 1}, {values.data() + to, count, 1},
                             std::span(verdicts).first(static_cast<std::size_t>(count)));
  };
  EXPECT_THROW(answers_behind(0, 1, 32), AgreedError);
  EXPECT_THROW(answers_behind(31, 0, 32), AgreedError);
  EXPECT_NO_THROW(answers_behind(0, 32, 32));
}

TEST(Evaluate, TakesNoQueriesAtAll) {
  LoopCase loop;
  const Answers answers = evaluate(loop, 0, 0);
  EXPECT_EQ(answers.report.by_surrogate, 0);
  EXPECT_EQ(answers.report.retrainings, 0);
}

TEST(Evaluate, AsksOnlyRejectedQueriesAgain) {
  LoopCase loop;
  loop.surrogate.slope = 1.1;  // off by 0.1 x: half of the queries are good at once
  std::map<double, int> asked;
  loop.surrogate.on_point = [&](double x) { ++asked[x]; };
  const Answers answers = evaluate(loop, loop.leads() ? 0 : 64, 64);
  EXPECT_EQ(answers.report.retrainings, 1);
  for (const double x : answers.x) {
    EXPECT_EQ(asked[x], 0.1 * x <= tolerance ? 1 : 2) << x;
  }
}

TEST(Evaluate, ComputesTheTruthOnceForEachInconclusiveQuery) {
  LoopCase loop;
  use_certified(loop);
  loop.surrogate.slope = 1.3;
  std::map<double, int> calls;
  std::int64_t of_queries = 0;
  loop.problem.truth_of = [&](double x, std::int64_t sample) {
    calls[x] += sample < 0 ? 1 : 0;
    of_queries += sample < 0 ? 1 : 0;
    return x;
  };
  const Answers answers =
      evaluate(loop, 64 * loop.comm.rank() / loop.comm.size(), 64 * (loop.comm.rank() + 1) / loop.comm.size());
  for (const auto& [x, count] : calls) {
    EXPECT_LE(count, 1) << x;
  }
  MPI_Allreduce(MPI_IN_PLACE, &of_queries, 1, MPI_INT64_T, MPI_SUM, loop.comm.get());
  EXPECT_EQ(of_queries + 10 * answers.report.retrainings, answers.report.truth_calls);
}

TEST(Evaluate, InconclusiveQueriesAreTrainedOnBehindTheDrawnSamples) {
  LoopCase loop;
  use_certified(loop);
  loop.surrogate.slope = 1.3;
  std::vector<double> extra;
  loop.trainer.before_fitting = [&](const SampleSet& samples) {
    const auto& rows = std::get<ArrayOf<double>>(samples.rows());
    for (std::int64_t i = 10; i < samples.count(); ++i) {
      extra.push_back(rows(i, 0));
      EXPECT_EQ(rows(i, 0), rows(i, 1)) << "x with its truth";
    }
  };
  evaluate(loop, 64 * loop.comm.rank() / loop.comm.size(), 64 * (loop.comm.rank() + 1) / loop.comm.size());
  if (loop.leads()) {
    EXPECT_FALSE(extra.empty());
    EXPECT_TRUE(std::is_sorted(extra.begin(), extra.begin() + 5)) << "in the order of the queries";
  }
}

TEST(Evaluate, TrainsOnNoMoreQueriesThanSamplesTheLatestOfThem) {
  LoopCase loop;
  loop.certified = true;
  loop.problem.set_bound([](double x) { return x < 0.9 ? 1.0 : 0.0; });  // the first 58 queries are for the truth
  loop.surrogate.slope = 1.04;
  loop.problem.share_of = [](std::int64_t share, double x) { return share == 0 && x > 0.9 ? 5.0 : 0.0; };
  std::vector<double> trained_on;
  loop.trainer.before_fitting = [&](const SampleSet& samples) {
    const auto& rows = std::get<ArrayOf<double>>(samples.rows());
    trained_on.clear();
    for (std::int64_t i = 10; i < samples.count(); ++i) {
      trained_on.push_back(64 * rows(i, 0) - 0.5);
    }
  };
  evaluate(loop, loop.leads() ? 0 : 64, 64, {.retrainings_per_query = 1});
  if (loop.leads()) {
    EXPECT_THAT(trained_on, ::testing::ElementsAre(48, 49, 50, 51, 52, 53, 54, 55, 56, 57));
  }
}

TEST(Evaluate, CanBeUsedAgainAfterAFailure) {
  LoopCase loop;
  loop.surrogate.slope = 1.3;
  Emulator emulator = loop.emulator({});
  const double x = 0.75;
  double y = 0.0;
  Verdict verdict = Verdict::rejected;
  const std::int64_t n = loop.leads() ? 1 : 0;
  const auto ask = [&] {
    return emulator.evaluate({&x, n, 1}, {&y, n, 1}, std::span(&verdict, static_cast<std::size_t>(n)));
  };
  loop.trainer.before_fitting = [](const SampleSet&) { throw DependencyError("no GPU"); };
  EXPECT_THROW(ask(), AgreedError);
  loop.trainer.before_fitting = [](const SampleSet&) {};
  EXPECT_EQ(ask().unanswered, 0);
}

TEST(Evaluate, GivesUpOrAsksTheTruthWhenRetrainingsAreUsedUp) {
  for (const OnExhausted on_exhausted : {OnExhausted::stop, OnExhausted::truth}) {
    LoopCase loop;
    loop.surrogate.slope = 9.0;
    const Answers answers =
        evaluate(loop, loop.leads() ? 0 : 64, 64, {.retrainings_per_query = 2, .on_exhausted = on_exhausted});
    EXPECT_EQ(answers.report.retrainings, 2);
    EXPECT_EQ(answers.report.unanswered > 0, on_exhausted == OnExhausted::stop);
    EXPECT_EQ(answers.report.by_truth > 0, on_exhausted == OnExhausted::truth);
    if (on_exhausted == OnExhausted::truth) {
      for (std::size_t i = 0; i < answers.x.size(); ++i) {
        EXPECT_NEAR(answers.y[i], answers.x[i], tolerance);
      }
    }
  }
}

TEST(Evaluate, AQueryWhoseTruthFailsHasNoAnswerWhereFailuresAreSkipped) {
  LoopCase loop(MPI_COMM_WORLD, OnFailure::skip);
  use_certified(loop);
  loop.problem.fails_at = [](double x) { return x > 0.98; };  // there the truth decides
  const Answers answers = evaluate(loop, loop.leads() ? 0 : 64, 64);
  EXPECT_EQ(answers.report.unanswered, 1);
  if (loop.leads()) {
    EXPECT_TRUE(std::isnan(answers.y.back()));
    EXPECT_EQ(answers.y[62], answers.x[62]);
  }
}

TEST(Evaluate, FailureOnOneRankIsToldOnAll) {
  LoopCase loop;
  loop.problem.share_of = [&](std::int64_t share, double x) {
    if (loop.comm.rank() == loop.comm.size() - 1) {
      throw DependencyError("no licence");
    }
    return share == 0 ? x : 0.0;
  };
  try {
    evaluate(loop, 64 * loop.comm.rank() / loop.comm.size(), 64 * (loop.comm.rank() + 1) / loop.comm.size());
    FAIL() << "the failure was not told";
  } catch (const AgreedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("approximating: no licence"));
  }
}

TEST(Evaluate, FailureOfTheTrainingIsToldOnAll) {
  LoopCase loop;
  loop.surrogate.slope = 9.0;
  loop.trainer.before_fitting = [](const SampleSet&) { throw DependencyError("no GPU"); };
  EXPECT_THROW(evaluate(loop, loop.leads() ? 0 : 64, 64), AgreedError);
}

TEST(Evaluate, RefusesQueriesOutsideOfTheBoxOnEveryRank) {
  LoopCase loop;
  Emulator emulator = loop.emulator({});
  const double x = loop.leads() ? 1.5 : 0.5;
  double y = 0.0;
  Verdict verdict = Verdict::rejected;
  EXPECT_THROW(emulator.evaluate({&x, 1, 1}, {&y, 1, 1}, std::span(&verdict, 1)), AgreedError);
}

TEST(Evaluate, RefusesArraysThatDoNotFitTogetherAndNamesTheirShapes) {
  LoopCase loop;
  Emulator emulator = loop.emulator({});
  std::vector<double> numbers(6, 0.5);
  std::vector<Verdict> verdicts(3);
  try {
    emulator.evaluate({numbers.data(), 3, 2}, {numbers.data(), 6, 1}, verdicts);
    FAIL() << "the shapes were accepted";
  } catch (const AgreedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("queries must be (n, 1), y (n, 1) and verdicts (n), with the same n; found "
                                        "(3, 2), (6, 1) and (3)"));
  }
}

}  // namespace
}  // namespace ailoop
