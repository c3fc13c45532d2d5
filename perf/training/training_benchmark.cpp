// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One retraining of config/hotlum.yaml on 4,096 samples, 128 steps of Adam on batches of 32: with each engine of
// ailoop, shuffling and features included, and written directly against LibTorch, where features and order are there
// already.

#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/gradient_trainer.hpp>

#include "bare_torch.hpp"
#include "perf/benchmark_main.hpp"
#include <benchmark/benchmark.h>

#include <cmath>

namespace ailoop::perf {
namespace {

constexpr std::int64_t n_samples = 4096;
constexpr std::int64_t batch_size = 32;
constexpr std::int64_t n_features = 6;

SampleSet sine_samples() {
  SampleSet samples(Precision::float32, n_samples, 1, 1);
  const auto& rows = std::get<ArrayOf<float>>(samples.rows());
  for (std::int64_t i = 0; i < n_samples; ++i) {
    const double x = -3.0 + 6.0 * std::fmod(0.6180339887 * static_cast<double>(i + 1), 1.0);
    rows(i, 0) = static_cast<float>(x);
    rows(i, 1) = static_cast<float>(std::sin(x));
  }
  return samples;
}

void retraining(benchmark::State& state, TrainingEngine engine) {
  const SampleSet samples = sine_samples();
  const auto surrogate = make_polynomial({kernels::Basis::monomial, n_features - 1}, SineProblem({.terms = 4}).facts());
  TrainingSettings settings;
  settings.engine = engine;
  settings.batch_size = batch_size;
  GradientTrainer trainer(AdamSettings{}, settings, TrainerContext{Execution::host_threads, 42}, *surrogate);
  trainer.fit(samples);  // which may load LibTorch
  for (auto iteration : state) {
    trainer.fit(samples);
  }
}

void bare_libtorch(benchmark::State& state) {
  const SampleSet samples = sine_samples();
  const auto& rows = std::get<ArrayOf<float>>(samples.rows());
  MonomialRows monomials(n_features);
  for (std::int64_t i = 0; i < n_samples; ++i) {
    monomials.add(rows(i, 0), rows(i, 1));
  }
  BareTorch model(n_features);
  for (auto iteration : state) {
    model.train(monomials, batch_size);
  }
}

BENCHMARK(bare_libtorch)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(retraining, libtorch, TrainingEngine::libtorch)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(retraining, fused, TrainingEngine::fused)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) { return ailoop::perf::run_benchmarks(argc, argv, {.threads = 1, .warnings = false}); }
