// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The Taylor series of sine for a batch: sums of several terms, and one term, a share of the approximation. Beside them
// what limits them: a copy of the same bytes, and as many vector operations as the series needs, one multiplication for
// x^2 and for each further term two, its ratio and itself, and where it is summed an addition. 4,096 points stay in a
// core's cache and run on the calling thread; 10^7 run on all threads.

#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/taylor_sine.hpp>

#include "multiply_adds.hpp"
#include "perf/benchmark_main.hpp"
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>

namespace ailoop::perf {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;
using Vector = Kokkos::View<double*, Kokkos::HostSpace>;

constexpr int operations_of_sum(int terms) { return 1 + 3 * (terms - 1); }
constexpr int operations_of_term(int k) { return 1 + 2 * k; }

struct Arrays {
  explicit Arrays(std::int64_t n)
      : x(Kokkos::view_alloc("x", Kokkos::WithoutInitializing), static_cast<std::size_t>(n)),
        y(Kokkos::view_alloc("y", Kokkos::WithoutInitializing), static_cast<std::size_t>(n)) {
    const Vector from = x;
    const Vector to = y;
    Kokkos::parallel_for("fill", kernels::range(Host(), n), [=](const std::int64_t i) {
      from(i) = -3.0 + 6.0 * static_cast<double>(i % 999) / 999.0;
      to(i) = 0.0;
    });
  }

  Vector x;
  Vector y;
};

/// One set for each number of points, so that all benchmarks see the same pages.
const Arrays& arrays(std::int64_t n) {
  static std::map<std::int64_t, Arrays> all;  // cleared before Kokkos ends
  static const bool registered = (Kokkos::push_finalize_hook([] { all.clear(); }), true);
  static_cast<void>(registered);
  return all.try_emplace(n, n).first->second;
}

/// Calls work(first, last) for the parts of 0 ... n - 1, as many as the kernels have threads for so many points.
template <class Work>
void on_threads(std::int64_t n, const Work& work) {
  if (n < worth_threads) {
    work(std::int64_t{0}, n);
    return;
  }
  const int threads = concurrency(Execution::host_threads);
  Kokkos::parallel_for("ailoop::perf::on_threads", kernels::range(Host(), threads),
                       [=](const std::int64_t part) { work(n * part / threads, n * (part + 1) / threads); });
}

void count_points(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

void copy(benchmark::State& state) {
  const Arrays& a = arrays(state.range(0));
  const double* const from = a.x.data();
  double* const to = a.y.data();
  for (auto iteration : state) {
    on_threads(state.range(0), [=](std::int64_t first, std::int64_t last) {
      std::memcpy(to + first, from + first, static_cast<std::size_t>(last - first) * sizeof(double));
    });
    benchmark::ClobberMemory();
  }
  count_points(state);
}

void operations(benchmark::State& state, int count) {
  for (auto iteration : state) {
    on_threads(state.range(0), [=](std::int64_t first, std::int64_t last) {
      benchmark::DoNotOptimize(multiply_adds(last - first, count));
    });
  }
  count_points(state);
}

void sum(benchmark::State& state, int terms) {
  const Arrays& a = arrays(state.range(0));
  for (auto iteration : state) {
    kernels::taylor_sine(Host(), terms, a.x, a.y);
    benchmark::ClobberMemory();
  }
  count_points(state);
}

void term(benchmark::State& state, int k) {
  const Arrays& a = arrays(state.range(0));
  for (auto iteration : state) {
    kernels::taylor_sine_term(Host(), k, a.x, a.y);
    benchmark::ClobberMemory();
  }
  count_points(state);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(4'096)->Arg(10'000'000)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK(copy)->Apply(sizes);
BENCHMARK_CAPTURE(operations, sum_of_4, operations_of_sum(4))->Apply(sizes);
BENCHMARK_CAPTURE(operations, sum_of_16, operations_of_sum(16))->Apply(sizes);
BENCHMARK_CAPTURE(operations, term_3, operations_of_term(3))->Apply(sizes);
BENCHMARK_CAPTURE(sum, 4, 4)->Apply(sizes);
BENCHMARK_CAPTURE(sum, 16, 16)->Apply(sizes);
BENCHMARK_CAPTURE(term, 3, 3)->Apply(sizes);

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) { return ailoop::perf::run_benchmarks(argc, argv, {}); }
