// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks of the real loop in blocks, alternating with blocks of bare collectives that send the same on as many ranks.
// Every check is accepted. Prints the median and the 99 % of each block.

#include "loop_program.hpp"
#include "perf/baselines/bare_collectives.hpp"
#include "perf/process/duration_summary.hpp"

#include <algorithm>
#include <chrono>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Blocks {
  int count = 15;
  int checks = 5000;
  double seconds = 10.0;
};

/// Quantiles of blocks, as lists.
class Quantiles {
 public:
  void add(double median_s, double p99_s) {
    m_median_s.push_back(median_s);
    m_p99_s.push_back(p99_s);
  }
  [[nodiscard]] nlohmann::json json() const { return {{"median_s", m_median_s}, {"p99_s", m_p99_s}}; }

 private:
  std::vector<double> m_median_s;
  std::vector<double> m_p99_s;
};

template <class Work>
void time_block(MPI_Comm comm, int count, Quantiles& quantiles, Work&& work) {
  DurationSummary durations(static_cast<std::size_t>(count));
  MPI_Barrier(comm);
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work();
    durations.add(std::chrono::duration<double>(Clock::now() - start).count());
  }
  quantiles.add(durations.quantile(0.5), durations.quantile(0.99));
}

nlohmann::json measure(const LoopWorld& world, const Blocks& blocks) {
  constexpr int kinds = 3;
  const double seconds = blocks.seconds / (kinds * (blocks.count + 1));
  const int checks = affordable_checks(world.comm.get(), seconds, blocks.checks);
  const std::string n = std::to_string(checks);
  RepeatedLoop loop(world, {"loop.tolerance=10", "loop.accepted=" + n, "limits.checks=" + n});
  const auto& layout = loop.assembly().roles();
  const std::int64_t shares = std::ranges::max(layout.shares, {}, &IndexRange::size).size();
  const auto share_bytes = static_cast<int>(sizeof(double) * static_cast<std::size_t>(2 + shares));
  constexpr int decision_bytes = 4 * sizeof(std::int64_t);
  MPI_Comm comm = world.comm.get();  // NOLINT(misc-const-correctness): the library's pointer
  BareCheck bare(comm, decision_bytes, share_bytes);

  Quantiles ailoop;
  Quantiles gather;
  Quantiles reduce;
  std::vector<double> iteration_s;
  for (int block = -1; block < blocks.count; ++block) {
    if (block == 0) {  // the first one was for warming up
      ailoop = gather = reduce = Quantiles();
      iteration_s.clear();
    }
    time_block(comm, checks, gather, [&] { bare.gather(); });
    const Outcome outcome = loop.run();
    ailoop.add(outcome.check_s.quantile(0.5), outcome.check_s.quantile(0.99));
    iteration_s.push_back(outcome.loop_s / checks);
    time_block(comm, checks, reduce, [&] { bare.reduce(); });
  }
  return {{"checks", checks},
          {"share_bytes", share_bytes},
          {"ailoop", ailoop.json()},
          {"gather_bcast", gather.json()},
          {"reduce_bcast", reduce.json()},
          {"iteration_s", iteration_s}};
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Blocks blocks;
  return run_loop_program(
      argc, argv, "check_latency",
      [&](CLI::App& app) {
        app.add_option("--blocks", blocks.count, "blocks of each kind")->check(CLI::Range(1, 100'000));
        app.add_option("--checks", blocks.checks, "checks in a block")->check(CLI::Range(10, 1'000'000));
        app.add_option("--seconds", blocks.seconds, "most of all blocks together, about");
      },
      [&](const LoopWorld& world) { return measure(world, blocks); });
}
