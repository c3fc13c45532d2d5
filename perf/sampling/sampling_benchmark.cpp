// Samples of the sine in double precision: ailoop's kernel and the Sampler of a run on one rank, beside the loop that
// one writes first and the same algorithm written out by hand. 4,096 points stay in a core's cache, 65,536 in those of
// two, and 2^27 are 2 GiB, 8 times the last-level cache of the machine of perf/README.md.

#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/function_samples.hpp>
#include <ailoop/kernels/polynomial_sine.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/uniform_box.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/sampling/sampler.hpp>

#include "c_loop.hpp"
#include "perf/benchmark_context.hpp"
#include "simd_loop.hpp"
#include <benchmark/benchmark.h>
#include <mpi.h>

#include <cstdio>
#include <cstring>
#include <numbers>

namespace ailoop::perf {
namespace {

using std::numbers::pi;
using Rows = Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace>;
using Space = Kokkos::DefaultHostExecutionSpace;
constexpr std::uint64_t seed = 42;

struct Sine {
  KOKKOS_FUNCTION double operator()(double x) const { return kernels::polynomial_sine(x); }
};

/// Memory for n samples, touched by the threads that will write it.
Rows rows_for(std::int64_t n) {
  Rows rows("rows", static_cast<std::size_t>(n), 2);
  kernels::function_samples(Space(), seed, kernels::Purpose::sample, 0, -pi, pi, Sine{}, rows);
  Space().fence();
  return rows;
}

void count(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

void ailoop_kernel(benchmark::State& state) {
  const Space space;
  const Rows rows = rows_for(state.range(0));
  for (auto iteration : state) {
    kernels::function_samples(space, seed, kernels::Purpose::sample, 0, -pi, pi, Sine{}, rows);
    space.fence();
    benchmark::ClobberMemory();
  }
  count(state);
}

void ailoop_sampler(benchmark::State& state) {
  const Communicator self(MPI_COMM_SELF);
  const SineProblem problem({.terms = 4});
  Messenger messenger(self, 0, Waiting::spin, false);
  Sampler sampler(self, messenger, problem, host_execution(), Precision::float64, state.range(0), seed);
  sampler.draw(0);
  for (auto iteration : state) {
    sampler.draw(0);
    benchmark::ClobberMemory();
  }
  count(state);
}

/// Points first and then the truth, as for problems without a kernel for both.
void ailoop_two_kernels(benchmark::State& state) {
  const Space space;
  const auto n = static_cast<std::size_t>(state.range(0));
  const Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> x("x", n, 1);
  const Kokkos::View<double*, Kokkos::HostSpace> y("y", n);
  const Kokkos::View<double*, Kokkos::HostSpace> lower("lower", 1);
  const Kokkos::View<double*, Kokkos::HostSpace> upper("upper", 1);
  lower(0) = -pi;
  upper(0) = pi;
  for (auto iteration : state) {
    kernels::uniform_box<double>(space, seed, kernels::Purpose::sample, 0, lower, upper, x);
    kernels::sine(space, Kokkos::subview(x, Kokkos::ALL(), 0), y);
    space.fence();
    benchmark::ClobberMemory();
  }
  count(state);
}

void simd_loop_by_hand(benchmark::State& state) {
  const Rows rows = rows_for(state.range(0));
  const std::uint64_t base = kernels::stream_base(seed, kernels::Purpose::sample);
  const int threads = concurrency(Space());
  for (auto iteration : state) {
    simd_loop(threads, base, state.range(0), -pi, pi, rows.data());
    benchmark::ClobberMemory();
  }
  count(state);
}

void c_loop_with_rand_and_sin(benchmark::State& state) {
  const Rows rows = rows_for(state.range(0));
  for (auto iteration : state) {
    c_loop(state.range(0), -pi, pi, rows.data());
    benchmark::ClobberMemory();
  }
  count(state);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(4096)->Arg(65536)->Arg(std::int64_t{1} << 27)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK(c_loop_with_rand_and_sin)->Apply(sizes);
BENCHMARK(simd_loop_by_hand)->Apply(sizes);
BENCHMARK(ailoop_kernel)->Apply(sizes);
BENCHMARK(ailoop_two_kernels)->Apply(sizes);
BENCHMARK(ailoop_sampler)->Apply(sizes);

/// Whether the loop by hand computes what the kernel does; a comparison with something else would mean nothing.
bool loops_agree() {
  const Rows ours = rows_for(5001);
  const Rows theirs("theirs", 5001, 2);
  simd_loop(concurrency(Space()), kernels::stream_base(seed, kernels::Purpose::sample), 5001, -pi, pi, theirs.data());
  return std::memcmp(ours.data(), theirs.data(), ours.size() * sizeof(double)) == 0;
}

int run(int argc, char** argv) {
  kokkos_initialize({.threads = 2, .warnings = false}, argc, argv);
  benchmark::Initialize(&argc, argv);
  int status = 2;
  if (!benchmark::ReportUnrecognizedArguments(argc, argv)) {
    if (loops_agree()) {
      add_context(concurrency(Space()));
      benchmark::RunSpecifiedBenchmarks();
      status = 0;
    } else {
      std::fputs("sampling_benchmark: the loop by hand and the kernel differ\n", stderr);
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
