// A check in one process: the emulator alone, and in the whole loop; against one forward pass of LibTorch on features
// that are there already.

#include "loop_program.hpp"
#include "perf/benchmark_context.hpp"
#include "perf/training/bare_torch.hpp"
#include <benchmark/benchmark.h>

#include <array>

namespace ailoop::perf {
namespace {

constexpr std::int64_t checks_of_a_run = 1000;
constexpr const char* settings_text =
    "schema: 1\nproblem: {name: sine, terms: 4}\nloop: {tolerance: 10, gate: difference, accepted: 1000}\n"
    "surrogate: {type: polynomial, degree: 5}\n";

class OneRank {
 public:
  OneRank()
      : m_self(MPI_COMM_SELF),
        m_node(node_resources(m_self)),
        m_registries(builtin_registries()),
        m_settings(read_run_settings({"", settings_text, {}}, m_registries)),
        m_assembly(m_self, m_node, m_settings),
        m_queries(load_queries(m_self, m_settings, m_assembly.problem().facts())) {}

  [[nodiscard]] Emulator& emulator() { return m_assembly.emulator(); }

  [[nodiscard]] std::int64_t run() {
    Controller controller({m_self,
                           m_assembly.roles(),
                           m_assembly.problem(),
                           *m_queries.source,
                           m_assembly.emulator(),
                           m_assembly.waiting(),
                           {},
                           Checkpointing{}},
                          m_queries.limits, std::chrono::steady_clock::now());
    return controller.run().tally.checks;
  }

 private:
  Communicator m_self;
  NodeResources m_node;
  Registries m_registries;
  RunSettings m_settings;
  Assembly m_assembly;
  RunQueries m_queries;
};

void emulator_check(benchmark::State& state) {
  OneRank rank;
  double x = -3.0;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(rank.emulator().check({&x, 1, 1}));
    x = x > 3.0 ? -3.0 : x + 0.001;
  }
}

/// Checks of a whole loop, their queries drawn and logged: items are checks.
void loop_check(benchmark::State& state) {
  OneRank rank;
  std::int64_t checks = 0;
  for (auto iteration : state) {
    checks += rank.run();
  }
  if (checks != state.iterations() * checks_of_a_run) {
    state.SkipWithError("not every check was accepted");
  }
  state.SetItemsProcessed(checks);
}

void bare_forward(benchmark::State& state) {
  BareTorch model(6);
  std::array<float, 6> features = {1.0F, 0.5F, 0.25F, 0.125F, 0.0625F, 0.03125F};
  for (auto iteration : state) {
    benchmark::DoNotOptimize(model.predict(features.data()));
  }
}

BENCHMARK(bare_forward);
BENCHMARK(emulator_check);
BENCHMARK(loop_check);

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  const ailoop::MpiSession mpi(argc, argv);
  const ailoop::KokkosSession kokkos(argc, argv, {1, false});
  ailoop::perf::add_context(1);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
