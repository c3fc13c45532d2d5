// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks of growing batches, in blocks that alternate with blocks of a baseline: on several ranks bare collectives that
// send the same, on one rank a forward pass of LibTorch on features that are there already. Every query is accepted.

#include "loop_program.hpp"
#include "perf/baselines/bare_collectives.hpp"
#include "perf/prediction/torch_forward.hpp"
#include "perf/process/duration_summary.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Growth {
  std::vector<std::int64_t> batches = {1, 100, 10'000};
  int blocks = 5;
  double block_points = 2e5;  ///< queries of a block, where a check has fewer
};

/// What a check of that many queries is compared with; the same on all ranks.
std::function<void()> baseline(const LoopWorld& world, std::int64_t batch, std::int64_t shares) {
  if (world.comm.size() == 1) {
    constexpr std::int64_t n_features = 6;
    const auto features = std::make_shared<std::vector<float>>(static_cast<std::size_t>(batch * n_features), 0.5F);
    const auto model =
        std::make_shared<TorchForward>(world.node.threads_per_rank(), features->data(), batch, n_features);
    return [features, model] { static_cast<void>(model->forward()); };
  }
  constexpr int decision_bytes = 4 * sizeof(std::int64_t);
  const auto share_bytes = static_cast<int>(sizeof(double)) * static_cast<int>(2 + shares * batch);
  const auto bare = std::make_shared<BareCheck>(world.comm.get(), decision_bytes, share_bytes);
  return [bare] { bare->gather(); };
}

double median_of_block(MPI_Comm comm, int count, const std::function<void()>& work) {
  DurationSummary durations(static_cast<std::size_t>(count));
  MPI_Barrier(comm);
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work();
    durations.add(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return durations.quantile(0.5);
}

nlohmann::json measure_batch(const LoopWorld& world, const Growth& growth, std::int64_t batch) {
  // what a check of one query costs counts as that of so many more
  constexpr double queries_of_an_empty_check = 100.0;
  constexpr int fewest = 3;  // the first one follows none
  const double affordable = growth.block_points / (queries_of_an_empty_check + static_cast<double>(batch));
  const int checks = std::max(fewest, static_cast<int>(affordable));
  const std::string n = std::to_string(checks);
  RepeatedLoop loop(world, {"queries.batch=" + std::to_string(batch), "loop.tolerance=10",
                            "loop.accepted=" + std::to_string(checks * batch), "limits.checks=" + n});
  const auto& layout = loop.assembly().roles();
  const std::int64_t shares = std::ranges::max(layout.shares, {}, &IndexRange::size).size();
  const std::function<void()> bare = baseline(world, batch, shares);

  std::vector<double> bare_s;
  std::vector<double> check_s;
  std::vector<double> iteration_s;
  for (int block = -1; block < growth.blocks; ++block) {
    if (block == 0) {  // the first one was for warming up
      for (std::vector<double>* list : {&bare_s, &check_s, &iteration_s}) {
        list->clear();
      }
    }
    bare_s.push_back(median_of_block(world.comm.get(), checks, bare));
    const Outcome outcome = loop.run();
    check_s.push_back(outcome.check_s.quantile(0.5));
    iteration_s.push_back(outcome.loop_s / checks);
  }
  return {{"batch", batch}, {"checks", checks}, {"bare_s", bare_s}, {"check_s", check_s}, {"iteration_s", iteration_s}};
}

nlohmann::json measure(const LoopWorld& world, const Growth& growth) {
  nlohmann::json points = nlohmann::json::array();
  for (const std::int64_t batch : growth.batches) {
    points.push_back(measure_batch(world, growth, batch));
  }
  return {{"points", points}};
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Growth growth;
  return run_loop_program(
      argc, argv, "check_growth",
      [&](CLI::App& app) {
        app.add_option("--batches", growth.batches, "queries of a check, one number after the other")
            ->check(CLI::Range(1, 10'000'000));
        app.add_option("--blocks", growth.blocks, "blocks of each kind")->check(CLI::Range(1, 100'000));
        app.add_option("--block-points", growth.block_points, "queries of a block, where a check has fewer");
      },
      [&](const LoopWorld& world) { return measure(world, growth); });
}
