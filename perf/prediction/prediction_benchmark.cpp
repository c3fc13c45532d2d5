// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prediction of a polynomial of degree 5, one input, one output, as in config/hotlum.yaml: the kernel on float arrays
// against a copy of the same bytes and against LibTorch on a feature matrix that is there already; the surrogate, which
// reads and writes doubles, against a copy of doubles; and what one process computes for a check of one query against
// LibTorch's forward alone.

#include <ailoop/emulator/gate.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/features.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include "perf/benchmark_main.hpp"
#include "torch_forward.hpp"
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

namespace ailoop::perf {
namespace {

using kernels::Basis;
using Host = Kokkos::DefaultHostExecutionSpace;

constexpr int degree = 5;
constexpr int n_features = degree + 1;

template <class Real>
using Matrix = Kokkos::View<Real**, Kokkos::LayoutRight, Kokkos::HostSpace>;
template <class Real>
using Vector = Kokkos::View<Real*, Kokkos::HostSpace>;

/// Points, results and parameters; the arrays are there before anything is timed.
template <class Real>
struct Arrays {
  explicit Arrays(std::int64_t points)
      : n(points),
        x(Kokkos::view_alloc("x", Kokkos::WithoutInitializing), size(n), 1),
        y(Kokkos::view_alloc("y", Kokkos::WithoutInitializing), size(n), 1) {
    const Arrays& a = *this;
    const auto x_of = a.x;
    const auto y_of = a.y;
    Kokkos::parallel_for("fill", kernels::range(Host(), n), [=](const std::int64_t i) {
      x_of(i, 0) = static_cast<Real>(-3.0 + 6.0 * static_cast<double>(i % 999) / 999.0);
      y_of(i, 0) = Real(0);
    });
    for (std::size_t k = 0; k < n_features; ++k) weights(0, k) = static_cast<float>(0.9 / static_cast<double>(1 + k));
    bias(0) = 0.25F;
  }

  static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

  std::int64_t n;
  Matrix<Real> x;
  Matrix<Real> y;
  Matrix<float> weights{"weights", 1, n_features};
  Vector<float> bias{"bias", 1};
};

/// One set for each type and number of points at a time, so that all benchmarks see the same pages.
template <class Real>
const Arrays<Real>& arrays(std::int64_t n) {
  static std::vector<Arrays<Real>> all;  // cleared before Kokkos ends
  static const bool registered = (Kokkos::push_finalize_hook([] { all.clear(); }), true);
  static_cast<void>(registered);
  const auto found = std::find_if(all.begin(), all.end(), [n](const Arrays<Real>& a) { return a.n == n; });
  if (found != all.end()) return *found;
  all.reserve(64);  // so that references stay valid
  return all.emplace_back(n);
}

void count_points(benchmark::State& state, std::int64_t bytes_a_point) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0) * bytes_a_point);
}

/// As many threads as the kernel has, each the C library's copy of its part.
template <class Real>
void copy(benchmark::State& state) {
  const Arrays<Real>& a = arrays<Real>(state.range(0));
  const Real* const from = a.x.data();
  Real* const to = a.y.data();
  const std::int64_t n = a.n;
  for (auto iteration : state) {
    if (n < worth_threads) {
      std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(Real));
    } else {
      const int threads = concurrency(Execution::host_threads);
      Kokkos::parallel_for("copy", kernels::range(Host(), threads), [=](const std::int64_t part) {
        const std::int64_t first = n * part / threads;
        const std::int64_t last = n * (part + 1) / threads;
        std::memcpy(to + first, from + first, static_cast<std::size_t>(last - first) * sizeof(Real));
      });
    }
    benchmark::ClobberMemory();
  }
  count_points(state, 2 * sizeof(Real));
}

/// A copy that is cut as the kernel's work is: the C library then takes ordinary stores, as the kernel does, where for
/// one large part it would take those that pass the caches by.
template <class Real>
void copy_in_stretches(benchmark::State& state) {
  const Arrays<Real>& a = arrays<Real>(state.range(0));
  const Real* const from = a.x.data();
  Real* const to = a.y.data();
  const auto copy_some = [=](std::int64_t first, std::int64_t count) {
    std::memcpy(to + first, from + first, static_cast<std::size_t>(count) * sizeof(Real));
  };
  const auto copy_one = [=](std::int64_t i) { to[i] = from[i]; };
  for (auto iteration : state) {
    kernels::for_each_stretch("ailoop::perf::copy", Host(), a.n, copy_one, copy_some);
    benchmark::ClobberMemory();
  }
  count_points(state, 2 * sizeof(Real));
}

void kernel(benchmark::State& state, Basis basis) {
  const Arrays<float>& a = arrays<float>(state.range(0));
  const Host space;
  const kernels::PolynomialInputs inputs{.count = 1};
  for (auto iteration : state) {
    kernels::polynomial(space, basis, inputs, degree, a.weights, a.bias, a.x, a.y);
    benchmark::ClobberMemory();
  }
  count_points(state, 2 * sizeof(float));
}

std::unique_ptr<LinearSurrogate> hotlum_surrogate(const Facts& facts) {
  auto surrogate = make_polynomial({Basis::monomial, degree}, facts);
  for (const Parameter& parameter : surrogate->parameters()) {
    std::ranges::fill(std::get<std::span<float>>(parameter.values), 0.1F);
  }
  return surrogate;
}

void surrogate(benchmark::State& state) {
  const Arrays<double>& a = arrays<double>(state.range(0));
  const auto model = hotlum_surrogate(SineProblem({.terms = 4}).facts());
  const Execution execution = execution_for(a.n);
  for (auto iteration : state) {
    model->predict(execution, {a.x.data(), a.n, 1}, {a.y.data(), a.n, 1});
    benchmark::ClobberMemory();
  }
  count_points(state, 2 * sizeof(double));
}

/// The features of the same points; LibTorch's own time begins when they are there.
void libtorch(benchmark::State& state, bool in_place) {
  const Arrays<float>& a = arrays<float>(state.range(0));
  const Matrix<float> features(Kokkos::view_alloc("features", Kokkos::WithoutInitializing), a.x.extent(0), n_features);
  std::vector<std::int64_t> order(a.x.extent(0));
  std::iota(order.begin(), order.end(), 0);
  kernels::feature_rows(Host(), Basis::monomial, kernels::PolynomialInputs{.count = 1}, degree, a.x, order, features);
  TorchForward model(concurrency(Execution::host_threads), features.data(), a.n, n_features);
  for (auto iteration : state) {
    if (in_place) {
      model.forward_in_place();
    } else {
      benchmark::DoNotOptimize(model.forward());
    }
  }
  count_points(state, (n_features + 1) * sizeof(float));
}

/// What one process computes for a check of one query: prediction, all shares, their sum, the gate.
void check_of_one(benchmark::State& state) {
  constexpr std::int64_t terms = 4;
  const SineProblem problem({.terms = terms});
  const auto model = hotlum_surrogate(problem.facts());
  const auto gate = difference_entry().create()->make(problem.facts(), {{0.05}});
  const Execution execution = execution_for(1);
  double x = 0.3;
  double predicted = 0.0;
  std::array<double, terms> shares{};
  Verdict verdict = Verdict::rejected;
  double error = 0.0;
  double allowed = 0.0;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(x);
    model->predict(execution, {&x, 1, 1}, {&predicted, 1, 1});
    double sum = 0.0;
    for (std::int64_t share = 0; share < terms; ++share) {
      double& value = shares.at(static_cast<std::size_t>(share));
      problem.approximation(execution, share, {&x, 1, 1}, {&value, 1, 1});
      sum += value;
    }
    gate->judge({{&predicted, 1, 1}, {&sum, 1, 1}, {}}, {{&verdict, 1}, {&error, 1}, {&allowed, 1}});
    benchmark::DoNotOptimize(verdict);
  }
}

/// The same points on the calling thread and as a kernel on all: where they meet, threads begin to be worth it.
void in_place(benchmark::State& state) {
  const Arrays<float>& a = arrays<float>(state.range(0));
  const kernels::StridedVector weights(a.weights.data(), n_features);
  for (auto iteration : state) {
    kernels::clenshaw_points<Basis::monomial>(degree, weights, a.bias(0), a.x.data(), a.y.data(), a.n);
    benchmark::ClobberMemory();
  }
}

void dispatched(benchmark::State& state) {
  const Arrays<float>& a = arrays<float>(state.range(0));
  const std::int64_t n = a.n;
  const std::int64_t stretch = std::min<std::int64_t>(4096, (n + 1) / 2);
  const kernels::StridedVector weights(a.weights.data(), n_features);
  const float bias = a.bias(0);
  const float* const x = a.x.data();
  float* const y = a.y.data();
  for (auto iteration : state) {
    Kokkos::parallel_for(
        "ailoop::perf::dispatched", kernels::range(Host(), (n + stretch - 1) / stretch), [=](const std::int64_t s) {
          kernels::clenshaw_points<Basis::monomial>(degree, weights, bias, x + s * stretch, y + s * stretch,
                                                    std::min(stretch, n - s * stretch));
        });
    benchmark::ClobberMemory();
  }
}

constexpr std::int64_t many = 10'000'000;
constexpr std::int64_t more_than_any_cache = 270'000'000;

void few_and_many(benchmark::internal::Benchmark* b) { b->Arg(1)->Arg(32)->Arg(1024)->Arg(100'000)->Arg(many); }
void all_sizes(benchmark::internal::Benchmark* b) {
  few_and_many(b);
  b->Arg(more_than_any_cache);
}
void around_the_threshold(benchmark::internal::Benchmark* b) {
  for (const std::int64_t n : {1'024, 4'096, 8'192, 16'384, 30'000, 65'536, 262'144}) b->Arg(n);
}

BENCHMARK_TEMPLATE(copy, float)->Apply(all_sizes);
BENCHMARK_TEMPLATE(copy_in_stretches, float)->Arg(many)->Arg(more_than_any_cache);
BENCHMARK_CAPTURE(kernel, monomial, Basis::monomial)->Apply(all_sizes);
BENCHMARK_CAPTURE(kernel, chebyshev, Basis::chebyshev)->Apply(all_sizes);
BENCHMARK_CAPTURE(kernel, legendre, Basis::legendre)->Apply(all_sizes);
BENCHMARK_CAPTURE(kernel, hermite, Basis::hermite)->Apply(all_sizes);
BENCHMARK_CAPTURE(libtorch, linear, false)->Apply(few_and_many);
BENCHMARK_CAPTURE(libtorch, addmm_out, true)->Apply(few_and_many);
BENCHMARK_TEMPLATE(copy, double)->Apply(few_and_many);
BENCHMARK(surrogate)->Apply(few_and_many);
BENCHMARK(check_of_one);
BENCHMARK(in_place)->Apply(around_the_threshold);
BENCHMARK(dispatched)->Apply(around_the_threshold);

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) { return ailoop::perf::run_benchmarks(argc, argv, {}); }
