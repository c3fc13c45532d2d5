// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A problem of which only the truth is known, and a gate that needs nothing else.
#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configured_emulator.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/problem/make_problem.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

struct Square {
  [[nodiscard]] Facts facts() const { return {.lower = {0.0}, .upper = {1.0}, .shares = 0}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x * x; }
};

/// Believes small answers, and leaves the others to the truth.
class SmallGate final : public Gate {
 public:
  using Gate::Gate;
  using Gate::judge;
  [[nodiscard]] Evidence needs() const override { return {}; }
  void judge(const JudgedColumns& queries, const JudgementColumns& to) const override {
    for (std::int64_t i = 0; i < queries.surrogate.rows; ++i) {
      const auto at = static_cast<std::size_t>(i);
      to.verdicts[at] = queries.surrogate.data[i] < 0.25 ? Verdict::accepted : Verdict::inconclusive;
      to.errors[at] = 0.0;
      to.allowed[at] = tolerance().of(0);
    }
  }
};

class SmallKind final : public GateKind {
 public:
  [[nodiscard]] std::unique_ptr<Gate> make(const Facts& /*facts*/, const Tolerance& tolerance) const override {
    return std::make_unique<SmallGate>(tolerance);
  }
};

class NoApproximation : public ::testing::Test {
 protected:
  NoApproximation() {
    m_registries.problems.add(problem_entry<Square>("square", "x^2, without an approximation"));
    m_registries.gates.add({"small", "believes small answers", [] { return std::make_unique<SmallKind>(); }});
    std::string path = m_folder.path().string();
    broadcast(m_world, path, 0);
    m_path = path;
    if (m_world.rank() == 0) {
      test::write_bytes(m_path / "c.yaml",
                        "schema: 1\nproblem: {name: square}\n"
                        "loop: {tolerance: 0.1, gate: small, accepted: 60, audit: 1}\nqueries: {batch: 20}\n"
                        "sampling: {total: 64}\nsurrogate: {type: polynomial, degree: 2}\n"
                        "training: {trainer: adam, engine: fused}\n");
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }

  [[nodiscard]] std::string config() const { return (m_path / "c.yaml").string(); }

  const Communicator m_world{MPI_COMM_WORLD};
  const test::TemporaryFolder m_folder;
  std::filesystem::path m_path;
  Registries m_registries = builtin_registries();
};

TEST_F(NoApproximation, EvaluateAnswersAndRecordsWithoutOne) {
  ConfiguredEmulator emulator(
      MPI_COMM_WORLD, config(), m_registries,
      {"output.directory=" + (m_path / "out").string(), "output.checks=all", "output.answers=csv"});
  const IndexRange mine = block_of(40, m_world.size(), m_world.rank());
  std::vector<double> x;
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    x.push_back(static_cast<double>(i) / 40);
  }
  std::vector<double> y(x.size());
  std::vector<Verdict> verdicts(x.size());
  const EvaluationReport report = emulator.evaluate({x.data(), mine.size(), 1}, {y.data(), mine.size(), 1}, verdicts);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (verdicts[i] == Verdict::inconclusive) {
      EXPECT_EQ(y[i], x[i] * x[i]);
    } else {
      EXPECT_LT(y[i], 0.25);
    }
  }
  EXPECT_EQ(report.by_surrogate + report.by_truth, 40);
  EXPECT_EQ(report.audited, report.by_surrogate);
  emulator.finish();
  if (m_world.rank() == 0) {
    EXPECT_THAT(test::read_bytes(m_path / "out" / "run.jsonl"), HasSubstr("\"approximation\": [null]"));
  }
}

TEST_F(NoApproximation, TheLoopLetsEveryRankAsk) {
  const RunSettings settings = read_run_settings({"c.yaml", test::read_bytes(config()), {}}, m_registries);
  Assembly assembly(m_world, node_resources(m_world), settings);
  EXPECT_TRUE(assembly.asks_everywhere());
  const RunQueries queries = assembly.load_queries();
  Controller controller({.comm = m_world,
                         .roles = assembly.roles(),
                         .problem = assembly.problem(),
                         .queries = *queries.source,
                         .emulator = assembly.emulator(),
                         .messenger = assembly.messenger(),
                         .everywhere = assembly.asks_everywhere()},
                        queries.limits, std::chrono::steady_clock::now());
  const Outcome outcome = controller.run();
  EXPECT_EQ(outcome.end, End::converged);
  EXPECT_EQ(outcome.tally.by_surrogate + outcome.tally.by_truth, 60);
}

TEST_F(NoApproximation, IsRefusedWhereOtherRanksWereToBringOne) {
  const auto told = [&](const std::string& override) {
    try {
      const ConfiguredEmulator emulator(MPI_COMM_WORLD, config(), m_registries, {override});
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.kind(), ErrorKind::configuration);
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(told("ranks.layout=roles"), HasSubstr("roles, but loop.gate: small needs no approximation"));
  EXPECT_THAT(told("loop.gate=difference"), HasSubstr("loop.gate: difference needs an approximation"));
}

}  // namespace
}  // namespace ailoop
