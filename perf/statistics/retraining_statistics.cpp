// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/mpi_session.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

// How often does a configuration retrain, and to what end? Runs it with many seeds in one process, on the library,
// without files.

namespace ailoop {
namespace {

using Clock = std::chrono::steady_clock;

Tally tally_of(const Communicator& self, const NodeResources& node, const RunSettings& settings) {
  Assembly assembly(self, node, settings);
  const RunQueries queries = assembly.load_queries();
  Controller controller(
      {self, assembly.roles(), assembly.problem(), *queries.source, assembly.emulator(), assembly.messenger(), {}},
      queries.limits, Clock::now());
  return controller.run().tally;
}

/// Smallest number that the fraction q of the sorted values does not exceed.
std::int64_t quantile(const std::vector<std::int64_t>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void print_statistics(std::vector<std::int64_t> counts, double seconds) {
  std::ranges::sort(counts);
  double mean = 0.0;
  for (const std::int64_t count : counts) {
    mean += static_cast<double>(count) / static_cast<double>(counts.size());
  }
  double variance = 0.0;
  for (const std::int64_t count : counts) {
    variance += std::pow(static_cast<double>(count) - mean, 2) / static_cast<double>(counts.size());
  }
  fmt::print("runs {}, retrainings: mean {:.3f} (standard error {:.3f}), median {}, 90 % <= {}, 99 % <= {}, worst {}\n",
             counts.size(), mean, std::sqrt(variance / static_cast<double>(counts.size())), quantile(counts, 0.5),
             quantile(counts, 0.9), quantile(counts, 0.99), counts.back());
  fmt::print("{:.1f} s, {:.2f} ms a run\n", seconds, 1e3 * seconds / static_cast<double>(counts.size()));
}

int measure(int& argc, char** argv) {
  std::string config;
  std::vector<std::string> overrides;
  std::int64_t seeds = 1000;
  std::int64_t first_seed = 1;
  CLI::App app("Distribution of the number of retrainings over many seeds", "retraining_statistics");
  app.add_option("CONFIG", config, "configuration file")->required();
  app.add_option("--set", overrides, "KEY=VALUE")->allow_extra_args(false);
  app.add_option("--seeds", seeds, "number of runs")->check(CLI::Range(1, 1'000'000));
  app.add_option("--first-seed", first_seed, "seed of the first run");
  CLI11_PARSE(app, argc, argv);

  const Communicator self(MPI_COMM_SELF);
  const NodeResources node = node_resources(self);
  const KokkosSession kokkos(argc, argv, {node.threads_per_rank(), false});
  const Registries registries = builtin_registries();
  ConfigurationSource source = load_configuration(config, overrides);
  source.overrides.emplace_back();

  const auto start = Clock::now();
  std::vector<std::int64_t> counts;
  Tally sum;
  for (std::int64_t i = 0; i < seeds; ++i) {
    source.overrides.back() = "seed=" + std::to_string(first_seed + i);
    const Tally tally = tally_of(self, node, read_run_settings(source, registries));
    counts.push_back(tally.retrainings);
    sum.diverged += tally.diverged;
    sum.set_aside += tally.set_aside;
    sum.truth_calls += tally.truth_calls;
  }
  fmt::print("truth calls: {}, retrainings that were undone: {}, queries that were set aside: {}\n", sum.truth_calls,
             sum.diverged, sum.set_aside);
  print_statistics(std::move(counts), std::chrono::duration<double>(Clock::now() - start).count());
  return 0;
}

}  // namespace
}  // namespace ailoop

int main(int argc, char** argv) {
  const ailoop::MpiSession mpi(argc, argv);
  try {
    return ailoop::measure(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "retraining_statistics: {}\n", error.what());
    return 1;
  }
}
