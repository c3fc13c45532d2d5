// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several threads check parts of a rank's queries, where the problem lets them.
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ailoop {
namespace {

using test::LoopCase;

/// More than the threads of a rank take before they bring together what they found.
constexpr std::int64_t points_of_rank = 300'000;

/// Keeps of each record query, verdict, attempt, the surrogate's answer and the truth, where it is known.
struct Records final : RunObserver {
  std::vector<double> numbers;

  void checked(const QueryTable& table, const Tally& /*tally*/) override {
    table.each_record([&](const CheckRecord& record) {
      constexpr double unknown = -1.0;
      numbers.insert(numbers.end(), {static_cast<double>(record.query), static_cast<double>(record.judgement.verdict),
                                     static_cast<double>(record.attempt), record.surrogate[0],
                                     record.truth.empty() ? unknown : record.truth[0]});
    });
  }
};

/// What a call gave on this rank, and on the model rank what was recorded.
struct Found {
  std::vector<double> y;
  std::vector<Verdict> verdicts;
  EvaluationReport report;
  Tally tally;
  std::vector<double> audited;
  std::vector<double> records;
  std::set<std::thread::id> threads;
};

/// f(x) = x on [0, 1); the surrogate is right below 1/2, the bound proves nothing in a stretch around 0.3, and accepted
/// answers are audited here and there.
Found evaluate(bool thread_safe, KeptChecks kept, double fails_from = 1.0) {
  LoopCase loop;
  loop.certified = true;
  loop.audit = 1000;
  loop.tolerance = {{0.5}};
  loop.surrogate.slope = 2.0;
  loop.problem.set_thread_safe(thread_safe);
  loop.problem.set_bound([](double x) { return x > 0.3 && x < 0.3005 ? 1.0 : 1e-9; });
  Found found;
  std::mutex mutex;
  loop.problem.share_of = [&](std::int64_t share, double x) {
    if (x >= fails_from) {
      throw NumericalError("no approximation at " + std::to_string(x));
    }
    return share == 0 ? x : 0.0;
  };
  loop.surrogate.before_predicting = [&] {
    const std::scoped_lock lock(mutex);
    found.threads.insert(std::this_thread::get_id());
  };
  Records records;
  Emulator emulator = loop.emulator({});
  emulator.follow(loop.leads() ? std::vector<RunObserver*>{&records} : std::vector<RunObserver*>(), kept);
  const std::int64_t n = points_of_rank * loop.comm.size();
  const IndexRange mine = block_of(n, loop.comm.size(), loop.comm.rank());
  std::vector<double> x;
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    x.push_back((static_cast<double>(i) + 0.5) / static_cast<double>(n));
  }
  found.y.resize(x.size());
  found.verdicts.resize(x.size());
  found.report = emulator.evaluate({x.data(), mine.size(), 1}, {found.y.data(), mine.size(), 1}, found.verdicts);
  const Outcome outcome = emulator.outcome();
  found.tally = outcome.tally;
  found.audited = outcome.audited_errors.packed();
  found.records = records.numbers;
  return found;
}

void expect_same(const Found& found, const Found& expected) {
  EXPECT_EQ(found.y, expected.y);
  EXPECT_TRUE(found.verdicts == expected.verdicts);
  EXPECT_EQ(found.tally, expected.tally);
  EXPECT_EQ(found.audited, expected.audited);
  EXPECT_TRUE(found.records == expected.records) << "of " << expected.records.size() << " numbers";
}

TEST(EvaluateOnThreads, GivesWhatOneThreadGives) {
  ASSERT_EQ(concurrency(Execution::host_threads), 2);
  for (const KeptChecks kept : {KeptChecks::none, KeptChecks::not_accepted, KeptChecks::all}) {
    const Found expected = evaluate(false, kept);
    EXPECT_GT(expected.report.by_truth, 0);
    EXPECT_GT(expected.report.retrainings, 0);
    EXPECT_GT(expected.report.audited, 0);
    const Found found = evaluate(true, kept);
    expect_same(found, expected);
    EXPECT_EQ(expected.threads.size(), 1U);
    EXPECT_EQ(found.threads.size(), 2U) << "each thread checks its part";
  }
}

// The threads fail at different queries: the first of them is told, whichever thread was first.
TEST(EvaluateOnThreads, TellsTheFailureOfTheFirstQuery) {
  const auto message = [](bool thread_safe, double fails_from) -> std::string {
    try {
      static_cast<void>(evaluate(thread_safe, KeptChecks::none, fails_from));
    } catch (const AgreedError& error) {
      return error.what();
    }
    return "nothing failed";
  };
  for (const double fails_from : {0.01, 0.3, 0.6, 0.9}) {
    const std::string found = message(true, fails_from);
    EXPECT_THAT(found, ::testing::HasSubstr("approximating: no approximation at "));
    EXPECT_EQ(found, message(false, fails_from));
  }
}

}  // namespace
}  // namespace ailoop
