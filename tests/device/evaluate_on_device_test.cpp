// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A simulation whose queries lie on a device gets the answers of one whose queries lie on the host.
#include <ailoop/core/error.hpp>
#include <ailoop/emulator.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/problem/uniform_points.hpp>
#include <ailoop/test/temporary_folder.hpp>
#if defined(AILOOP_TEST_DEVICE)
#include <ailoop/kernels/execution.hpp>
#endif

#include <gmock/gmock.h>
#include <mpi.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t n = 3000;

constexpr const char* certified = R"(
schema: 1
problem: {name: sine, terms: 4}
loop: {tolerance: 0.05, gate: certified, on_exhausted: truth}
limits: {retrainings_per_query: 2}
sampling: {total: 2048}
surrogate: {type: polynomial, device: device}
training: {trainer: least_squares}
)";

class EvaluateOnDevice : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<ConfiguredEmulator> emulator(const std::vector<std::string>& overrides = {}) {
    const auto file = m_folder.path() / "config.yaml";
    std::ofstream(file) << certified;
    return std::make_unique<ConfiguredEmulator>(MPI_COMM_WORLD, file, builtin_registries(), overrides);
  }

  test::TemporaryFolder m_folder;
};

struct Answers {
  std::vector<double> y;
  std::vector<Verdict> verdicts;
  EvaluationReport report;

  friend bool operator==(const Answers& a, const Answers& b) { return a.y == b.y && a.verdicts == b.verdicts; }
};

/// Queries of this rank, drawn where they are wanted.
OwnedRows<double> queries(const Problem& problem, Execution execution, std::int64_t count) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  OwnedRows<double> x(count, problem.facts().dimension, memory_of(execution));
  draw_uniform(execution, problem.facts(), {.seed = 5}, rank * n, x.rows());
  return x;
}

Answers ask(ConfiguredEmulator& emulator, Execution execution, std::int64_t count = n, bool overwrite = false) {
  const OwnedRows<double> x = queries(emulator.problem(), execution, count);
  const Memory where = memory_of(execution);
  const OwnedRows<double> own_y(count, 1, where);
  const OwnedRows<Verdict> verdicts(count, 1, where);
  const Array y = overwrite ? x.rows() : own_y.rows();
  Answers answers{std::vector<double>(as_size(count)), std::vector<Verdict>(as_size(count)), {}};
  answers.report = emulator.evaluate(x.rows(), y, {verdicts.rows().data, as_size(count)});
  copy(y, Array{answers.y.data(), count, 1});
  copy(verdicts.rows(), ArrayOf<Verdict>{answers.verdicts.data(), count, 1});
  return answers;
}

TEST_F(EvaluateOnDevice, AnswersAreThoseOfTheHost) {
  const Answers here = ask(*emulator({"surrogate.device=host"}), Execution::calling_thread);
  EXPECT_THAT(here.verdicts, ::testing::Contains(Verdict::inconclusive));
  EXPECT_GT(here.report.retrainings, 0);
  EXPECT_EQ(ask(*emulator(), Execution::device), here);
  EXPECT_EQ(ask(*emulator(), Execution::device, n, true), here) << "y is where the queries were";
  EXPECT_EQ(ask(*emulator(), Execution::calling_thread), here) << "from the host to the device, and back";
  EXPECT_EQ(ask(*emulator({"surrogate.device=host"}), Execution::device), here) << "from the device to the host";
}

TEST_F(EvaluateOnDevice, OneQueryIsTheHosts) {
  const auto emulator = this->emulator();
  EXPECT_EQ(ask(*emulator, Execution::device, 1).y, ask(*emulator, Execution::calling_thread, 1).y);
}

TEST_F(EvaluateOnDevice, RanksMayHaveQueriesInDifferentPlacesOrNone) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const Answers here = ask(*emulator(), Execution::calling_thread, rank == 0 ? n : 0);
  EXPECT_EQ(ask(*emulator(), Execution::device, rank == 0 ? n : 0), here);
}

#if defined(AILOOP_TEST_DEVICE)

TEST_F(EvaluateOnDevice, AModelThatHoldsCostsTwoFences) {
  const auto emulator = this->emulator({"loop.gate=difference", "loop.tolerance=0.5"});
  static_cast<void>(ask(*emulator, Execution::device));  // trains
  static_cast<void>(ask(*emulator, Execution::device));  // brings the model there
  const OwnedRows<double> x = queries(emulator->problem(), Execution::device, n);
  const OwnedRows<double> y(n, 1, Memory::device);
  const OwnedRows<Verdict> verdicts(n, 1, Memory::device);
  const std::int64_t before = test::GuardedSpace::fences();
  const EvaluationReport report = emulator->evaluate(x.rows(), y.rows(), {verdicts.rows().data, as_size(n)});
  EXPECT_LE(test::GuardedSpace::fences() - before, 2);
  EXPECT_EQ(report.retrainings, 0);
}

TEST_F(EvaluateOnDevice, APieceAtATimeWhereMemoryIsShort) {
  const auto expected = ask(*emulator(), Execution::device);
  const auto short_of_memory = emulator();
  test::GuardedPages::limit(1e6);  // of which half are for a few thousand queries
  const Answers answers = ask(*short_of_memory, Execution::device);
  test::GuardedPages::limit(std::numeric_limits<double>::infinity());
  EXPECT_EQ(answers, expected);
}

#endif

TEST_F(EvaluateOnDevice, AQueryOutsideOfTheBoxIsRefused) {
  const auto emulator = this->emulator();
  const OwnedRows<double> x = queries(emulator->problem(), Execution::device, n);
  const double outside = 4.0;
  copy(ConstArray{&outside, 1, 1}, x.rows().part({17, 18}));
  const OwnedRows<double> y(n, 1, Memory::device);
  const OwnedRows<Verdict> verdicts(n, 1, Memory::device);
  EXPECT_THAT([&] { emulator->evaluate(x.rows(), y.rows(), {verdicts.rows().data, as_size(n)}); },
              ::testing::ThrowsMessage<Error>(HasSubstr("query 17 at x = 4 lies outside of the problem's box")));
}

TEST_F(EvaluateOnDevice, ArraysInDifferentMemoriesAreRefused) {
  const auto emulator = this->emulator();
  const OwnedRows<double> x = queries(emulator->problem(), Execution::device, n);
  std::vector<double> y(n);
  std::vector<Verdict> verdicts(n);
  EXPECT_THAT([&] { emulator->evaluate(x.rows(), {y.data(), n, 1}, verdicts); },
              ::testing::ThrowsMessage<Error>(HasSubstr("queries and y must be in the same memory")));
}

}  // namespace
}  // namespace ailoop
