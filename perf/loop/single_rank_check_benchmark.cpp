// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 10,000 checks in one process, as the loop makes them; against as many forward passes of LibTorch on features that are
// there already.

#include "loop_program.hpp"
#include "perf/benchmark_main.hpp"
#include "perf/training/bare_torch.hpp"
#include <benchmark/benchmark.h>

#include <array>

namespace ailoop::perf {
namespace {

constexpr std::int64_t n_checks = 10'000;  // of a run
constexpr const char* settings_text =
    "schema: 1\nproblem: {name: sine, terms: 4}\nloop: {tolerance: 10, gate: difference, accepted: 10000}\n"
    "surrogate: {type: polynomial, degree: 5}\n";

class OneRank {
 public:
  OneRank()
      : m_self(MPI_COMM_SELF),
        m_node(node_resources(m_self)),
        m_registries(builtin_registries()),
        m_settings(read_run_settings({"", settings_text, {}}, m_registries)),
        m_assembly(m_self, m_node, m_settings),
        m_queries(m_assembly.load_queries()) {}

  /// Seconds of the loop, whose memory was allocated before.
  [[nodiscard]] double run() {
    Controller controller({.comm = m_self,
                           .roles = m_assembly.roles(),
                           .problem = m_assembly.problem(),
                           .queries = *m_queries.source,
                           .emulator = m_assembly.emulator(),
                           .messenger = m_assembly.messenger(),
                           .ahead = m_settings.ahead},
                          m_queries.limits, std::chrono::steady_clock::now());
    const Outcome outcome = controller.run();
    AILOOP_REQUIRE(outcome.tally.checks == n_checks, "every check is accepted");
    return outcome.loop_s;
  }

 private:
  Communicator m_self;
  NodeResources m_node;
  Registries m_registries;
  RunSettings m_settings;
  Assembly m_assembly;
  RunQueries m_queries;
};

/// Checks of a whole loop: queries, approximation, verdicts and the log of them.
void checks(benchmark::State& state) {
  OneRank rank;
  for (auto iteration : state) {
    state.SetIterationTime(rank.run());
  }
  state.SetItemsProcessed(state.iterations() * n_checks);
}

void bare_forwards(benchmark::State& state) {
  BareTorch model(6);
  std::array<float, 6> features = {1.0F, 0.5F, 0.25F, 0.125F, 0.0625F, 0.03125F};
  for (auto iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < n_checks; ++i) {
      benchmark::DoNotOptimize(model.predict(features.data()));
    }
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  state.SetItemsProcessed(state.iterations() * n_checks);
}

BENCHMARK(bare_forwards)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(checks)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  const ailoop::MpiSession mpi(argc, argv);
  return ailoop::perf::run_benchmarks(argc, argv, {.threads = 1, .warnings = false});
}
