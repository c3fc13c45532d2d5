// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Samples of the sine in double precision: the Sampler of a run on one rank, beside the loop that one writes first and
// the same algorithm written out by hand, on as many threads as the Sampler. 4,096 points stay in a core's cache,
// 65,536 in those of two, and 2^27 are 2 GiB, 8 times the last-level cache of the machine of perf/README.md.

#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/sampling/placement.hpp>

#include "c_loop.hpp"
#include "perf/benchmark_context.hpp"
#include "simd_loop.hpp"
#include <benchmark/benchmark.h>
#include <mpi.h>

#include <cstdio>
#include <cstring>
#include <numbers>
#include <stdexcept>
#include <variant>
#include <vector>

namespace ailoop::perf {
namespace {

using std::numbers::pi;
constexpr std::uint64_t seed = 42;

/// Draws n samples as a run does on one rank.
class Draw {
 public:
  explicit Draw(std::int64_t n)
      : m_sampler(m_self, m_messenger, {m_problem, execution_for(n), Precision::float64, n, seed}) {
    (*this)();  // which also makes room
  }

  void operator()() {
    if (!m_sampler.draw(0)) {
      throw std::runtime_error("sampling_benchmark: the samples were not drawn");
    }
  }

  /// (n, 2), as long as this lives.
  [[nodiscard]] Array rows() { return std::get<Array>(m_sampler.drawn().rows()); }

 private:
  Communicator m_self{MPI_COMM_SELF};
  SineProblem m_problem{{.terms = 4}};
  Messenger m_messenger{m_self, 0, Waiting::spin, false};
  ModelRankPlacement m_sampler;
};

void count(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

void ailoop_sampler(benchmark::State& state) {
  Draw draw(state.range(0));
  for (auto iteration : state) {
    draw();
    benchmark::ClobberMemory();
  }
  count(state);
}

void simd_loop_by_hand(benchmark::State& state) {
  Draw draw(state.range(0));  // in whose memory, as in that of the Sampler
  const std::uint64_t base = kernels::stream_base(seed, kernels::Purpose::sample);
  const int threads = concurrency(execution_for(state.range(0)));
  for (auto iteration : state) {
    simd_loop(threads, base, state.range(0), -pi, pi, draw.rows().data);
    benchmark::ClobberMemory();
  }
  count(state);
}

void c_loop_with_rand_and_sin(benchmark::State& state) {
  Draw draw(state.range(0));  // in whose memory, as in that of the Sampler
  for (auto iteration : state) {
    c_loop(state.range(0), -pi, pi, draw.rows().data);
    benchmark::ClobberMemory();
  }
  count(state);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(4096)->Arg(65536)->Arg(std::int64_t{1} << 27)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK(c_loop_with_rand_and_sin)->Apply(sizes);
BENCHMARK(simd_loop_by_hand)->Apply(sizes);
BENCHMARK(ailoop_sampler)->Apply(sizes);

/// Whether the loop by hand computes what the Sampler does; a comparison with something else would mean nothing.
bool loops_agree() {
  constexpr std::int64_t n = 70'001;
  Draw draw(n);
  const Array ours = draw.rows();
  std::vector<double> theirs(2 * n);
  simd_loop(concurrency(Execution::host_threads), kernels::stream_base(seed, kernels::Purpose::sample), n, -pi, pi,
            theirs.data());
  return std::memcmp(ours.data, theirs.data(), theirs.size() * sizeof(double)) == 0;
}

int run(int argc, char** argv) {
  kokkos_initialize({.threads = 2, .warnings = false}, argc, argv);
  benchmark::Initialize(&argc, argv);
  int status = 2;
  if (!benchmark::ReportUnrecognizedArguments(argc, argv)) {
    if (loops_agree()) {
      add_context(concurrency(Execution::host_threads));
      benchmark::RunSpecifiedBenchmarks();
      status = 0;
    } else {
      std::fputs("sampling_benchmark: the loop by hand and the Sampler differ\n", stderr);
      status = 1;
    }
  }
  Kokkos::finalize();
  return status;
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int status = ailoop::perf::run(argc, argv);
  MPI_Finalize();
  return status;
}
