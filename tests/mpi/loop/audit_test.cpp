// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

namespace ailoop {
namespace {

using test::LoopCase;
using ::testing::HasSubstr;

/// Remembers what the records say of every answer.
class Answers final : public RunObserver {
 public:
  struct Row {
    std::int64_t query;
    double answer;
    std::vector<double> truth;
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<Row> rows;

  void checked(const QueryTable& table, const Tally& /*tally*/) override {
    table.each_record([&](const CheckRecord& record) {
      if (record.answered_by == AnsweredBy::surrogate) {
        rows.push_back({record.query, record.surrogate[0], {record.truth.begin(), record.truth.end()}});
      }
    });
  }
};

struct Audited {
  Outcome outcome;
  std::vector<Answers::Row> rows;
  double slope = 0.0;
};

/// 300 answers in batches, off by up to 0.04 at first.
Audited audited(std::int64_t every, bool everywhere, const std::function<void(LoopCase&)>& prepare = {}) {
  LoopCase loop;
  loop.everywhere = everywhere;
  loop.audit = every;
  loop.surrogate.slope = 1.1;
  if (prepare) {
    prepare(loop);
  }
  Answers answers;
  if (loop.leads()) {
    loop.more_observers = {&answers};
  }
  Audited result;
  result.outcome = loop.run({.accepted = 300, .batch = 64});
  result.rows = answers.rows;
  result.slope = loop.surrogate.slope;
  return result;
}

TEST(Audit, ComparesTheSameAnswersInBothLayoutsAndChangesNoOtherNumber) {
  const bool leads = Communicator(MPI_COMM_WORLD).rank() == 0;
  const Audited without = audited(0, false);
  constexpr std::int64_t every = 7;
  const Audited of_roles = audited(every, false);
  const Audited everywhere = audited(every, true);
  EXPECT_EQ(of_roles.rows, everywhere.rows);
  EXPECT_EQ(of_roles.slope, without.slope);
  if (!leads) {
    return;
  }
  EXPECT_EQ(without.outcome.tally.audited, 0);
  std::int64_t n_truths = 0;
  std::map<std::int64_t, int> of_group;
  double largest = 0.0;
  for (std::size_t i = 0; i < without.rows.size(); ++i) {
    const Answers::Row& row = of_roles.rows[i];
    EXPECT_EQ(row.query, without.rows[i].query);
    EXPECT_EQ(row.answer, without.rows[i].answer);
    EXPECT_TRUE(without.rows[i].truth.empty());
    for (const double truth : row.truth) {
      ++n_truths;
      ++of_group[row.query / every];
      largest = std::max(largest, std::abs(row.answer - truth));
    }
  }
  for (std::int64_t group = 0; group < 300 / every; ++group) {  // all were accepted in the end
    EXPECT_EQ(of_group[group], 1);
  }
  for (const Audited* run : {&of_roles, &everywhere}) {
    EXPECT_EQ(run->outcome.tally.audited, n_truths);
    EXPECT_EQ(run->outcome.tally.beyond, 0);
    EXPECT_EQ(run->outcome.audited_errors.worst_error, largest);
    EXPECT_EQ(run->outcome.audited_errors.sizes.count(), n_truths);
    EXPECT_EQ(run->outcome.tally.truth_calls, without.outcome.tally.truth_calls) << "audits are not counted as work";
  }
}

TEST(Audit, CountsAnswersThatAWrongApproximationLetsPass) {
  for (const bool everywhere : {false, true}) {
    const Audited run = audited(1, everywhere, [](LoopCase& loop) {
      loop.surrogate.slope = 1.0;
      loop.problem.truth_of = [](double x, std::int64_t sample) { return sample < 0 && x < 0.51 ? x + 0.06 : x; };
    });
    if (Communicator(MPI_COMM_WORLD).rank() == 0) {
      const auto n = std::ranges::count_if(run.rows, [](const Answers::Row& row) { return row.answer < 0.51; });
      EXPECT_GT(n, 100);
      EXPECT_EQ(run.outcome.tally.beyond, n);
      EXPECT_EQ(run.outcome.tally.audited, 300);
      EXPECT_NEAR(run.outcome.audited_errors.worst_error, 0.06, 1e-12);
    }
  }
}

TEST(Audit, EndsTheRunWhereTheTruthShowsThatABoundDoesNotHold) {
  for (const bool everywhere : {false, true}) {
    try {
      audited(1, everywhere, [](LoopCase& loop) {
        loop.certified = true;
        loop.surrogate.slope = 1.0;
        loop.problem.set_bound([](double /*x*/) { return 1e-3; });
        loop.problem.truth_of = [](double x, std::int64_t /*sample*/) { return x < 0.51 ? x + 2e-3 : x; };
      });
      FAIL() << "nothing was said";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::numerical);
      EXPECT_THAT(error.what(), HasSubstr("audit: the answer to query "));
      EXPECT_THAT(error.what(), HasSubstr("further off than loop.gate proved"));
    }
  }
}

TEST(Audit, LeavesOutAnswersWhoseTruthFails) {
  for (const bool everywhere : {false, true}) {
    LoopCase loop(MPI_COMM_WORLD, OnFailure::skip);
    loop.everywhere = everywhere;
    loop.audit = 1;
    loop.surrogate.slope = 1.0;
    loop.problem.fails_at = [](double x) { return x < 0.51; };
    const Outcome outcome = loop.run({.accepted = 300, .batch = 64});
    if (loop.leads()) {
      EXPECT_EQ(outcome.tally.answers(), 300);
      EXPECT_GT(outcome.tally.audited, 0);
      EXPECT_LT(outcome.tally.audited, 200);
    }
  }
}

TEST(Audit, OfEvaluateIsToldOnAllRanks) {
  LoopCase loop;
  loop.audit = 2;
  Emulator emulator = loop.emulator({});
  std::vector<double> x(64, 0.5);
  std::vector<double> y(64);
  std::vector<Verdict> verdicts(64);
  const EvaluationReport report = emulator.evaluate({x.data(), 64, 1}, {y.data(), 64, 1}, verdicts);
  EXPECT_GT(report.audited, 0);
  EXPECT_LT(report.audited, 64 * loop.comm.size());
  EXPECT_EQ(report.beyond, 0);
  EXPECT_EQ(report.truth_calls, 0);
}

}  // namespace
}  // namespace ailoop
