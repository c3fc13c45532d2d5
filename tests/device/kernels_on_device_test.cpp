// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What runs on a device leaves the bits of the host there.
#include <ailoop/core/array.hpp>
#include <ailoop/core/block.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/kepler_problem.hpp>
#include <ailoop/problem/make_problem.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/problem/uniform_points.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <variant>
#include <vector>

namespace ailoop {
namespace {

constexpr std::int64_t n = 5000;

using Numbers = std::vector<double>;

Numbers on_host(const Array& there) {
  Numbers numbers(as_size(there.size()));
  copy(there, Array{numbers.data(), there.rows, there.cols});
  return numbers;
}

/// Three outputs, each a sum of two shares, and a truth that fails where x_0 > 0.9.
struct Three {
  [[nodiscard]] Facts facts() const {
    return {.dimension = 2, .outputs = 3, .lower = {-1.0, 0.0}, .upper = {1.0, 4.0}, .shares = 2};
  }
  [[nodiscard]] KOKKOS_FUNCTION PointStatus truth(const double* x, double* y) const {
    for (int o = 0; o < 3; ++o) y[o] = x[0] * x[1] + o;
    return x[0] > 0.9 ? PointStatus::failed : PointStatus::valid;
  }
  KOKKOS_FUNCTION void approximation(std::int64_t share, const double* x, double* y) const {
    for (int o = 0; o < 3; ++o) y[o] = share == 0 ? o : x[0] * x[1];
  }
  KOKKOS_FUNCTION void approximation_error(const double* x, double* e) const {
    for (int o = 0; o < 3; ++o) e[o] = 1e-15 * x[1];
  }
};

/// Everything about n points of a problem, computed in one place.
struct Computed {
  Computed(const Problem& problem, Execution execution) {
    const Facts& facts = problem.facts();
    const Memory where = memory_of(execution);
    const OwnedRows<double> points(n, facts.dimension, where);
    const OwnedRows<double> values(n, facts.outputs, where);
    const OwnedRows<PointStatus> statuses(n, 1, where);
    draw_uniform(execution, facts, {.seed = 3, .purpose = kernels::Purpose::sample}, 17, points.rows());
    x = on_host(points.rows());
    failed = compute_truth(problem, {execution, 17}, Precision::float64, OnFailure::skip, points.rows(), values.rows(),
                           {statuses.rows().data, n, where});
    truth = on_host(values.rows());
    problem.approximation(execution, facts.shares - 1, points.rows(), values.rows());
    share = on_host(values.rows());
    problem.approximation_sum(execution, points.rows(), values.rows());
    approximation = on_host(values.rows());
    problem.approximation_error(execution, points.rows(), values.rows());
    bound = on_host(values.rows());
  }

  Numbers x, truth, share, approximation, bound;
  std::int64_t failed = 0;
};

#if defined(AILOOP_TEST_DEVICE)
constexpr bool has_library_of_its_own = false;
#else
constexpr bool has_library_of_its_own = true;
#endif

bool same_bits(const Numbers& a, const Numbers& b) {
  return std::ranges::equal(std::as_bytes(std::span(a)), std::as_bytes(std::span(b)));
}

/// Where sin, exp and log are asked for, those of a device's library may round otherwise.
bool same_numbers(const Numbers& a, const Numbers& b, double difference) {
  return std::ranges::equal(a, b, [=](double x, double y) {
    return (std::isnan(x) && std::isnan(y)) ||
           std::abs(x - y) <= (has_library_of_its_own ? difference * std::max(1.0, std::abs(x)) : 0.0);
  });
}

class ProblemOnDevice : public ::testing::TestWithParam<std::shared_ptr<Problem>> {};

TEST_P(ProblemOnDevice, HasTheBitsOfTheHost) {
  const Computed here(*GetParam(), Execution::calling_thread);
  const Computed there(*GetParam(), Execution::device);
  EXPECT_TRUE(same_bits(here.x, there.x));
  const double of_kepler = GetParam()->facts().shares == Kepler{}.terms ? 1e-14 : 0.0;
  EXPECT_TRUE(same_numbers(here.truth, there.truth, of_kepler));
  EXPECT_TRUE(same_numbers(here.share, there.share, of_kepler));
  EXPECT_TRUE(same_numbers(here.approximation, there.approximation, of_kepler));
  EXPECT_TRUE(same_numbers(here.bound, there.bound, of_kepler));
  EXPECT_EQ(here.failed, there.failed);
}

INSTANTIATE_TEST_SUITE_P(Problems, ProblemOnDevice,
                         ::testing::Values(std::make_shared<SineProblem>(SineSettings{.terms = 5}),
                                           std::shared_ptr<Problem>(make_problem(Kepler{})),
                                           std::shared_ptr<Problem>(make_problem(Three{}))));

TEST(TruthOnDevice, NamesTheSampleThatFailed) {
  const std::unique_ptr<Problem> problem = make_problem(Three{});
  const OwnedRows<double> x(n, 2, Memory::device);
  const OwnedRows<double> y(n, 3, Memory::device);
  const OwnedRows<PointStatus> statuses(n, 1, Memory::device);
  draw_uniform(Execution::device, problem->facts(), {.seed = 3}, 0, x.rows());
  EXPECT_THAT(
      [&] {
        compute_truth(*problem, {Execution::device, 100}, Precision::float64, OnFailure::stop, x.rows(), y.rows(),
                      {statuses.rows().data, n, Memory::device});
      },
      ::testing::ThrowsMessage<NumericalError>(::testing::HasSubstr("the truth of sample 1")));
}

/// A polynomial of these inputs, whose parameters are all different.
std::unique_ptr<LinearSurrogate> polynomial(const PolynomialSettings& settings, std::int64_t dimension,
                                            std::int64_t outputs) {
  const Facts facts{.dimension = dimension,
                    .outputs = outputs,
                    .lower = std::vector<double>(as_size(dimension), 0.5),
                    .upper = std::vector<double>(as_size(dimension), 2.0)};
  auto surrogate = make_polynomial(settings, facts);
  double value = 1.0;
  for (const Parameter& parameter : surrogate->parameters()) {
    std::visit(
        [&]<class T>(std::span<T> numbers) {
          for (T& number : numbers) number = static_cast<T>(value = -0.9 * value + 0.01);
        },
        parameter.values);
  }
  return surrogate;
}

SampleSet samples_of(const LinearSurrogate& surrogate, std::int64_t dimension, std::int64_t count, Memory where) {
  const std::int64_t outputs = surrogate.network().outputs();
  SampleSet samples(surrogate.precision(), count, dimension, outputs);
  std::visit(
      [&]<class T>(const ArrayOf<T>& rows) {
        for (std::int64_t i = 0; i < rows.size(); ++i) {
          rows.data[i] = static_cast<T>(1.25 + 0.75 * std::sin(static_cast<double>(i)));
        }
      },
      samples.rows());
  samples.move_to(where);
  return samples;
}

struct PolynomialCase {
  PolynomialSettings settings;
  std::int64_t dimension = 1;
  std::int64_t outputs = 1;
};

class PolynomialOnDevice : public ::testing::TestWithParam<PolynomialCase> {};

TEST_P(PolynomialOnDevice, PredictsTheBitsOfTheHost) {
  const auto [settings, dimension, outputs] = GetParam();
  const auto surrogate = polynomial(settings, dimension, outputs);
  ASSERT_TRUE(surrogate->on_device());
  const bool has_logarithms = settings.inputs.front() == ComponentScaling::log;
  Numbers x(as_size(n * dimension));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 1.25 + 0.75 * std::sin(static_cast<double>(i));
  }
  Numbers y(as_size(n * outputs));
  const OwnedRows<double> there(n, dimension, Memory::device);
  const OwnedRows<double> predicted(n, outputs, Memory::device);
  copy(ConstArray{x.data(), n, dimension}, there.rows());
  for (int time = 0; time < 2; ++time) {
    surrogate->predict(Execution::calling_thread, {x.data(), n, dimension}, {y.data(), n, outputs});
    surrogate->predict(Execution::device, there.rows(), predicted.rows());
    EXPECT_TRUE(same_numbers(y, on_host(predicted.rows()), has_logarithms ? 1e-4 : 0.0));
    // others, in the same place
    std::visit([](auto numbers) { numbers[0] += 1; }, surrogate->parameters()[0].values);
  }
}

TEST_P(PolynomialOnDevice, MakesTheFeaturesOfTheHost) {
  const auto [settings, dimension, outputs] = GetParam();
  const auto surrogate = polynomial(settings, dimension, outputs);
  const SampleSet here = samples_of(*surrogate, dimension, n, Memory::host);
  const SampleSet there = samples_of(*surrogate, dimension, n, Memory::device);
  std::vector<std::int64_t> order(as_size(n));
  std::iota(order.rbegin(), order.rend(), 0);
  const OwnedBlock phi(surrogate->precision(), n, surrogate->features());
  const OwnedBlock phi_there(surrogate->precision(), n, surrogate->features(), Memory::device);
  const OwnedBlock brought(surrogate->precision(), n, surrogate->features());
  surrogate->feature_rows(Execution::calling_thread, here.rows(), order, phi);
  surrogate->feature_rows(Execution::device, there.rows_there(), order, phi_there);
  copy(phi_there.block(), brought.block());
  std::visit(
      [&]<class T>(const ArrayOf<T>& numbers) {
        const auto& others = std::get<ArrayOf<T>>(brought.block());
        if (!has_library_of_its_own || settings.inputs.front() != ComponentScaling::log) {
          EXPECT_TRUE(std::equal(numbers.data, numbers.data + numbers.size(), others.data));
        }
      },
      phi.block());
}

TEST_P(PolynomialOnDevice, AddsUpTheSumsOfTheHost) {
  const auto [settings, dimension, outputs] = GetParam();
  const auto surrogate = polynomial(settings, dimension, outputs);
  for (const std::int64_t count : {1, 4096, 10'000}) {
    const auto sums_in = [&](Execution execution) {
      const SampleSet samples = samples_of(*surrogate, dimension, count, memory_of(execution));
      Numbers sums;
      surrogate->normal_sums(execution, samples, [&](std::span<const double> of_block) {
        sums.insert(sums.end(), of_block.begin(), of_block.end());
      });
      return sums;
    };
    const double of_logarithms = settings.inputs.front() == ComponentScaling::log ? 1e-12 : 0.0;
    EXPECT_TRUE(same_numbers(sums_in(Execution::calling_thread), sums_in(Execution::device), of_logarithms)) << count;
  }
}

std::vector<PolynomialCase> polynomial_cases() {
  std::vector<PolynomialCase> cases;
  for (const kernels::Basis basis :
       {kernels::Basis::monomial, kernels::Basis::chebyshev, kernels::Basis::legendre, kernels::Basis::hermite}) {
    for (const Precision precision : {Precision::float32, Precision::float64}) {
      const PolynomialSettings settings{.basis = basis, .degree = 5, .precision = precision};
      cases.push_back({settings, 1, 1});
      cases.push_back({settings, 1, 3});
      cases.push_back({settings, 3, 2});
    }
  }
  cases.push_back({{.degree = 0}, 1, 1});
  cases.push_back({{.degree = 20, .inputs = {ComponentScaling::scaled}}, 1, 1});
  cases.push_back(
      {{.inputs = {ComponentScaling::log, ComponentScaling::scaled}, .outputs = {ComponentScaling::raw}}, 2, 1});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Polynomials, PolynomialOnDevice, ::testing::ValuesIn(polynomial_cases()));

TEST(SamplesOnDevice, AreThoseOfTheHost) {
  const std::unique_ptr<Problem> problem = make_problem(Three{});
  const auto drawn_on = [&](Execution execution) {
    SampleSet samples(Precision::float32, n, 2, 3, memory_of(execution));
    Sampler sampler(*problem, execution, n, 42, OnFailure::skip);
    sampler.draw(1000, n, samples);
    samples.remove_failed();
    EXPECT_EQ(samples.where(), memory_of(execution));
    const Numbers more(5, 0.5);
    samples.append({more.data(), 1, 2}, {more.data(), 1, 3});
    samples.move_to(Memory::host);
    const auto& rows = std::get<ArrayOf<float>>(samples.rows());
    return std::vector<float>(rows.data, rows.data + samples.count() * rows.cols);
  };
  const std::vector<float> here = drawn_on(Execution::calling_thread);
  EXPECT_LT(here.size(), as_size(5 * n));
  EXPECT_EQ(here, drawn_on(Execution::device));
}

}  // namespace
}  // namespace ailoop
