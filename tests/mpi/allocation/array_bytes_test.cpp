// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What classes that all ranks share say of the bytes of their arrays, against what they allocate.
#include <ailoop/execution/executions.hpp>
#include <ailoop/loop/approximation_stream.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/sampling/shared_truth.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/test/loop_case.hpp>
#include <ailoop/test/scripted_problem.hpp>

#include <gmock/gmock.h>

#include <optional>
#include <vector>

namespace ailoop {
namespace {

using test::are_bytes;
using test::many;
using test::peak_bytes;

TEST(ArrayBytes, OfSamplesOnTheModelRank) {
  const Communicator comm(MPI_COMM_WORLD);
  const test::ScriptedProblem problem;
  const std::int64_t samples = many * comm.size();
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    for (Execution execution : {Execution::calling_thread, Execution::host_threads}) {
      Messenger messenger(comm, 0, Waiting::back_off, true);
      std::optional<ModelRankPlacement> placement;
      const double peak = peak_bytes([&] {
        placement.emplace(comm, messenger, Drawing{problem, execution, precision, samples, 1});
        ASSERT_TRUE(placement->draw(0));
        if (comm.rank() == 0) {
          ASSERT_TRUE(placement->draw(0, true));
        }
      });
      const std::int64_t rows = comm.rank() == 0 ? samples : many;
      EXPECT_THAT(peak, are_bytes(ModelRankPlacement::bytes(precision, rows, 1, 1, concurrency(execution))));
    }
  }
}

TEST(ArrayBytes, OfSamplesOnAllRanks) {
  const Communicator comm(MPI_COMM_WORLD);
  const test::ScriptedProblem problem;
  const std::int64_t samples = many * comm.size();
  constexpr std::int64_t block = SharedSamples::gradient_block;
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    const double peak = peak_bytes([&] {
      AllRanksPlacement placement(comm, {problem, Execution::calling_thread, precision, samples, 1}, block);
      ASSERT_TRUE(placement.draw(0));
      placement.with({nullptr, 0, 1}, {nullptr, 0, 1});
    });
    const double said = AllRanksPlacement::bytes(precision, samples, comm.size(), block, 1, 1, 1);
    EXPECT_LE(peak, said + test::small_bytes);
    EXPECT_GE(peak, 0.8 * said);
  }
}

TEST(ArrayBytes, OfSharedTruth) {
  const Communicator comm(MPI_COMM_WORLD);
  const test::ScriptedProblem problem;
  SharedTruth truth(comm, problem, Precision::float64, OnFailure::stop);
  const std::vector<double> x(comm.rank() == 0 ? static_cast<std::size_t>(many * comm.size()) : 0);
  std::vector<double> y(x.size());
  // alone it needs no room for points
  const double said =
      comm.size() == 1 ? many * double{sizeof(PointStatus)} : SharedTruth::bytes(std::ssize(x), many, 1, 1);
  const double peak = peak_bytes([&] { truth.compute({x.data(), std::ssize(x), 1}, {y.data(), std::ssize(y), 1}); });
  EXPECT_THAT(peak, are_bytes(said));
}

TEST(ArrayBytes, OfTruthsThatAreKeptAreAtMostWhatTheEmulatorSays) {
  test::LoopCase loop;
  Emulator emulator = loop.emulator({});
  const std::vector<double> x(loop.leads() ? static_cast<std::size_t>(many) : 0);
  std::vector<double> y(x.size());
  const double peak = peak_bytes([&] {
    for (int i = 0; i < 3; ++i) {
      emulator.truth({x.data(), std::ssize(x), 1}, {y.data(), std::ssize(y), 1});
    }
  });
  if (loop.leads()) {
    const std::int64_t kept = Emulator::most_kept(loop.placement.samples(), many);
    const double on_the_way = SharedTruth::bytes(many, block_of(many, loop.comm.size(), 0).size(), 1, 1);
    const double said = Emulator::kept_bytes(kept, many, 1, 1) + on_the_way;
    EXPECT_LE(peak, said + test::small_bytes);
    EXPECT_GE(peak, 0.3 * said);  // by how much a vector grows differs
  }
}

/// Queries that nobody asks for.
class NoQueries final : public QuerySource {
 public:
  void queries(std::int64_t /*first*/, Array /*x*/) const override {}
};

TEST(ArrayBytes, OfApproximationStream) {
  const Communicator comm(MPI_COMM_WORLD);
  constexpr std::int64_t n_shares = 3;
  const test::ScriptedProblem problem(n_shares);
  const NoQueries queries;
  const RoleLayout roles = assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 4, n_shares);
  const bool leads = comm.rank() == RoleLayout::model_rank;
  std::int64_t shares = leads ? n_shares : 0;
  for (std::size_t i = 0; i < roles.approximation_ranks.size() && !leads; ++i) {
    shares = roles.approximation_ranks[i] == comm.rank() ? roles.shares[i].size() : shares;
  }
  Messenger messenger(comm, RoleLayout::model_rank, Waiting::back_off, true);
  DecisionChannel channel(comm, roles, messenger);
  for (const auto& [batch, ahead] :
       {std::pair(many, std::int64_t{0}), std::pair(std::int64_t{1}, many), std::pair(many, 2 * many)}) {
    for (const bool with_bound : {false, true}) {
      const StreamLimits limits{.batch = batch, .ahead = ahead, .queries = {}, .with_bound = with_bound};
      const double peak = peak_bytes(
          [&] { const ApproximationStream stream({comm, roles, problem, queries, messenger}, channel, limits); });
      const double said = shares == 0 ? 0.0 : ApproximationStream::bytes(limits, problem.facts(), shares, leads);
      EXPECT_THAT(peak, are_bytes(said)) << batch << " " << ahead << " " << with_bound;
    }
  }
}

}  // namespace
}  // namespace ailoop
