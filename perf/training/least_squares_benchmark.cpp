// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The closed-form fit of config/hotlum.yaml's polynomial, against a read-only sum over the same x and y, which is as
// fast as memory lets it be, and against the 128 steps of LibTorch that a retraining on 4,096 samples takes.

#include <ailoop/kernels/normal_equations.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

#include "perf/benchmark_main.hpp"
#include "perf/training/bare_torch.hpp"
#include <benchmark/benchmark.h>

#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <vector>

namespace ailoop::perf {
namespace {

using kernels::Basis;

constexpr std::int64_t n_features = 6;

template <class T>
const SampleSet& sine_samples(std::int64_t count) {
  static std::map<std::int64_t, std::unique_ptr<SampleSet>> all;
  static const bool is_cleared_in_time = [] {
    Kokkos::push_finalize_hook([] { all.clear(); });
    return true;
  }();
  static_cast<void>(is_cleared_in_time);
  std::unique_ptr<SampleSet>& samples = all[count];
  if (!samples) {
    samples = std::make_unique<SampleSet>(precision_of<T>, count, 1, 1);
    const auto& rows = std::get<ArrayOf<T>>(samples->rows());
    Kokkos::parallel_for("sine_samples", kernels::range(Kokkos::DefaultHostExecutionSpace(), count),
                         [=](std::int64_t i) {
                           const double x = -3.0 + 6.0 * std::fmod(0.6180339887 * static_cast<double>(i + 1), 1.0);
                           rows(i, 0) = static_cast<T>(x);
                           rows(i, 1) = static_cast<T>(std::sin(x));
                         });
    Kokkos::fence();
  }
  return *samples;
}

template <class T>
void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0) * 2 * static_cast<std::int64_t>(sizeof(T)));
}

template <class T, Basis basis>
void least_squares(benchmark::State& state) {
  const SampleSet& samples = sine_samples<T>(state.range(0));
  const auto surrogate = make_polynomial({basis, n_features - 1, precision_of<T>}, SineProblem({.terms = 4}).facts());
  LeastSquaresTrainer trainer({}, TrainerContext{execution_for(samples.count()), 42}, *surrogate);
  trainer.fit(samples);
  for (auto iteration : state) {
    benchmark::DoNotOptimize(trainer.fit(samples));
  }
  count_bytes<T>(state);
}

/// Adds up numbers in 64 lanes.
template <class T>
T lane_sum(const T* numbers, std::int64_t count) {
  constexpr std::int64_t lanes = 64;
  T sums[lanes] = {};
  for (std::int64_t i = 0; i + lanes <= count; i += lanes) {
    for (std::int64_t j = 0; j < lanes; ++j) {
      sums[j] += numbers[i + j];
    }
  }
  return std::accumulate(sums + 1, sums + lanes, sums[0]);
}

/// The same blocks on as many threads as the fit has; what is behind the last 64 numbers of a block is left out.
template <class T>
void read_only_sum(benchmark::State& state) {
  const SampleSet& samples = sine_samples<T>(state.range(0));
  const T* const numbers = std::get<ArrayOf<T>>(samples.rows()).data;
  const std::int64_t n_blocks = kernels::normal_blocks(samples.count());
  std::vector<T> sums(static_cast<std::size_t>(n_blocks));
  const auto sum = [&samples, numbers, to = sums.data()](std::int64_t block) {
    const auto [first, last] = kernels::normal_block(block, samples.count());
    to[block] = lane_sum(numbers + 2 * first, 2 * (last - first));
  };
  for (auto iteration : state) {
    if (n_blocks < 4) {
      for (std::int64_t block = 0; block < n_blocks; ++block) {
        sum(block);
      }
    } else {
      Kokkos::parallel_for("read_only_sum", kernels::range(Kokkos::DefaultHostExecutionSpace(), n_blocks), sum);
      Kokkos::fence();
    }
    benchmark::DoNotOptimize(sums.data());
    benchmark::ClobberMemory();
  }
  count_bytes<T>(state);
}

void bare_libtorch(benchmark::State& state) {
  const SampleSet& samples = sine_samples<float>(state.range(0));
  const auto& rows = std::get<ArrayOf<float>>(samples.rows());
  MonomialRows monomials(n_features);
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    monomials.add(rows(i, 0), rows(i, 1));
  }
  BareTorch model(n_features);
  for (auto iteration : state) {
    model.train(monomials, 32);
  }
}

constexpr std::int64_t large = 1 << 20;
constexpr std::int64_t two_gigabytes = 1 << 28;  // of float32

#define AILOOP_SIZES ->Unit(benchmark::kMicrosecond)->Arg(256)->Arg(4096)->Arg(large)->UseRealTime()
BENCHMARK(bare_libtorch)->Unit(benchmark::kMicrosecond)->Arg(4096)->UseRealTime();
BENCHMARK(read_only_sum<float>) AILOOP_SIZES->Arg(two_gigabytes);
BENCHMARK(least_squares<float, Basis::monomial>) AILOOP_SIZES->Arg(two_gigabytes);
BENCHMARK(least_squares<float, Basis::chebyshev>) AILOOP_SIZES;
BENCHMARK(least_squares<float, Basis::legendre>) AILOOP_SIZES;
BENCHMARK(read_only_sum<double>) AILOOP_SIZES;
BENCHMARK(least_squares<double, Basis::monomial>) AILOOP_SIZES;
#undef AILOOP_SIZES

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) { return ailoop::perf::run_benchmarks(argc, argv, {}); }
