// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/normal_equations.hpp>
#include <ailoop/training/least_squares_trainer.hpp>
#include <ailoop/training/normal_equations_solver.hpp>
#include <ailoop/training/normal_sums.hpp>

#include "least_squares_case.hpp"
#include "training_case.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ailoop {
namespace {

using kernels::Basis;
using test::LeastSquaresCase;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr double unit = std::numeric_limits<double>::epsilon();
constexpr Basis bases[] = {Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

/// Samples of the model itself, with parameters that are not small.
SampleSet samples_of(LinearSurrogate& surrogate, std::int64_t count, const Facts& facts) {
  for (const Parameter& parameter : surrogate.parameters()) {
    auto values = std::get<std::span<double>>(parameter.values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = std::cos(1.0 + 2.0 * static_cast<double>(i));
    }
  }
  SampleSet samples = test::points_in(facts, Precision::float64, count);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < count; ++i) {
    surrogate.predict(Execution::calling_thread, {&rows(i, 0), 1, facts.dimension, Memory::host},
                      {&rows(i, facts.dimension), 1, facts.outputs, Memory::host});
  }
  return samples;
}

TEST(LeastSquares, FindsAPolynomialOfItsOwnDegree) {
  for (const Basis basis : bases) {
    for (const std::int64_t dimension : {1, 2, 3}) {
      for (const ComponentScaling inputs : {ComponentScaling::raw, ComponentScaling::scaled}) {
        SCOPED_TRACE(::testing::Message() << static_cast<int>(basis) << ", inputs " << dimension);
        const Facts facts = test::box(dimension, /*outputs=*/2, -1.5, 2.0);
        const PolynomialSettings polynomial{basis, 4, Precision::float64, {inputs}};
        const auto source = make_polynomial(polynomial, facts);
        const SampleSet samples = samples_of(*source, 1000, facts);
        LeastSquaresCase fitted(polynomial, {}, facts);
        const TrainingReport report = fitted.trainer->fit(samples);
        const std::vector<double> expected = test::joined_coefficients(*source);
        const std::vector<double> found = test::joined_coefficients(*fitted.surrogate);
        for (std::size_t k = 0; k < expected.size(); ++k) {
          EXPECT_NEAR(found[k], expected[k], 20 * unit * report.condition.value()) << k;
        }
        EXPECT_LT(report.last_loss, 1e-13 * report.first_loss);
        EXPECT_THAT(report.warning, IsEmpty());
      }
    }
  }
}

// Both in scaled columns. The factors are about twice what the worst case needs; a QR in double would have the root
// of the condition number instead of it.
TEST(LeastSquares, ErrorAgainstHouseholderInLongDoubleGrowsWithTheConditionNumber) {
  for (const Basis basis : bases) {
    for (const ComponentScaling inputs : {ComponentScaling::raw, ComponentScaling::scaled}) {
      for (std::int64_t degree = 0; degree <= 10; ++degree) {
        SCOPED_TRACE(::testing::Message() << "basis " << static_cast<int>(basis) << ", degree " << degree << ", "
                                          << (inputs == ComponentScaling::raw ? "raw" : "scaled"));
        const Facts facts = test::box(1, 1, -3.0, 3.0);
        LeastSquaresCase fitted({basis, degree, Precision::float64, {inputs}}, {}, facts);
        const SampleSet samples = test::sine_in(facts, Precision::float64, 500);
        const TrainingReport report = fitted.trainer->fit(samples);
        const test::Reference reference = test::householder_fit(basis, inputs, degree, samples, facts);
        const std::vector<double> found = test::joined_coefficients(*fitted.surrogate);
        const double condition = report.condition.value();
        EXPECT_LE(test::coefficient_error(found, reference), 3 * unit * condition);
        EXPECT_LE(test::fit_error(found, reference), 6 * unit * std::sqrt(condition));
        EXPECT_THAT(report.warning, IsEmpty());
      }
    }
  }
}

// Of a straight line: s^2 (1 / n + (x - mean)^2 / sum (x_i - mean)^2), s^2 = residual / (n - 2).
TEST(LeastSquares, ReachIsThreeStandardErrors) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  LeastSquaresCase fitted({Basis::monomial, 1, Precision::float64}, {}, facts);
  const SampleSet samples = test::sine_in(facts, Precision::float64, 50);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  fitted.trainer->fit(test::part_of(samples, 0, 20));
  fitted.trainer->fit(test::part_of(samples, 20, 30));
  const std::vector<double> line = test::joined_coefficients(*fitted.surrogate);
  double mean = 0.0;
  double spread = 0.0;
  double residual = 0.0;
  for (std::int64_t i = 0; i < 50; ++i) {
    mean += rows(i, 0) / 50;
  }
  for (std::int64_t i = 0; i < 50; ++i) {
    spread += std::pow(rows(i, 0) - mean, 2);
    residual += std::pow(line[0] + line[1] * rows(i, 0) - rows(i, 1), 2);
  }
  const std::vector<double> x = {-3.0, 0.1, 2.5};
  std::vector<double> reach(3);
  fitted.trainer->reach({x.data(), 3, 1}, std::vector<double>{0.0, 2.0, 0.0}, reach);  // the second is far off
  for (std::size_t i = 0; i < 3; ++i) {
    const double variance = (i == 1 ? 4.0 : residual / 48) * (1.0 / 50 + std::pow(x[i] - mean, 2) / spread);
    EXPECT_NEAR(reach[i], 3 * std::sqrt(variance), 1e-10);
  }
}

TEST(LeastSquares, ReachIsInfiniteWhereSamplesSayTooLittle) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  const double x = 1.0;
  double reach = 0.0;
  const auto reach_of = [&](LeastSquaresCase& fitted) {
    fitted.trainer->reach({&x, 1, 1}, std::vector<double>{0.0}, std::span(&reach, 1));
    return reach;
  };
  const PolynomialSettings of_degree_4{Basis::monomial, 4, Precision::float64};
  LeastSquaresCase few(of_degree_4, {}, facts);
  EXPECT_EQ(reach_of(few), INFINITY);
  few.trainer->fit(test::sine_in(facts, Precision::float64, 49));
  EXPECT_EQ(reach_of(few), INFINITY);
  few.trainer->fit(test::sine_in(facts, Precision::float64, 1));
  EXPECT_LT(reach_of(few), INFINITY);
  LeastSquaresCase fresh(of_degree_4, {.history = FitHistory::fresh}, facts);
  fresh.trainer->fit(test::sine_in(facts, Precision::float64, 500));
  EXPECT_EQ(reach_of(fresh), INFINITY) << "the next fit is to other samples";
}

TEST(LeastSquares, ResidualIsOrthogonalToEveryFeature) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  LeastSquaresCase fitted({Basis::legendre, 5, Precision::float64, {ComponentScaling::scaled}}, {}, facts);
  const SampleSet samples = test::sine_in(facts, Precision::float64, 777);
  fitted.trainer->fit(samples);
  const test::Reference reference = test::householder_fit(Basis::legendre, ComponentScaling::scaled, 5, samples, facts);
  for (const double product : test::residual_products(test::joined_coefficients(*fitted.surrogate), reference)) {
    EXPECT_LE(std::abs(product), 1e-14);
  }
}

/// Polynomials of a degree are the same functions in shifted and stretched variables: so is the best of them.
TEST(LeastSquares, FitsTheSameFunctionInEveryLinearScaling) {
  using enum ComponentScaling;
  const Facts facts = test::box(1, 1, 1.0, 4.0);
  const auto predictions = [&](ComponentScaling inputs, ComponentScaling outputs) {
    LeastSquaresCase fitted({Basis::legendre, 6, Precision::float64, {inputs}, {outputs}}, {}, facts);
    const SampleSet samples = test::sine_in(facts, Precision::float64, 500);
    fitted.surrogate->learn_scaling(samples);
    if (const ModelScaling* const scaling = fitted.surrogate->output_scaling()) {
      scaling->apply(samples);
    }
    fitted.trainer->fit(samples);
    const std::vector<double> x{1.0, 1.5, 2.2, 3.1, 3.9};
    std::vector<double> y(x.size());
    fitted.surrogate->predict(Execution::calling_thread, {x.data(), 5, 1}, {y.data(), 5, 1});
    return y;
  };
  const std::vector<double> expected = predictions(scaled, raw);
  for (const auto& [inputs, outputs] :
       {std::pair(scaled, standardized), std::pair(standardized, raw), std::pair(standardized, standardized)}) {
    EXPECT_THAT(predictions(inputs, outputs), ::testing::Pointwise(::testing::DoubleNear(1e-12), expected));
  }
}

TEST(LeastSquares, SumsHaveTheSameBitsInEverySpaceAndEqualThoseOfBlocksInOrder) {
  for (const Basis basis : bases) {
    for (const std::int64_t dimension : {1, 2}) {
      const Facts facts = test::box(dimension, 1, -3.0, 3.0);
      const auto surrogate = make_polynomial({basis, 5, Precision::float32}, facts);
      const std::int64_t count = 40'007;  // ten blocks, the last of them with an odd number of points
      const SampleSet samples = test::sine_in(facts, Precision::float32, count);
      const auto sums_of = [&](Execution execution, const SampleSet& of) {
        std::vector<double> sums(static_cast<std::size_t>(normal_layout(*surrogate).length()));
        add_up_normal_sums(*surrogate, execution, of, sums);
        return sums;
      };
      const std::vector<double> sequential = sums_of(Execution::calling_thread, samples);
      std::vector<double> in_parts(sequential.size());
      EXPECT_EQ(sequential, sums_of(Execution::host_threads, samples));
      for (std::int64_t first = 0; first < count; first += kernels::normal_block_points) {
        const std::int64_t n = std::min(kernels::normal_block_points, count - first);
        const std::vector<double> part = sums_of(Execution::calling_thread, test::part_of(samples, first, n));
        std::ranges::transform(in_parts, part, in_parts.begin(), std::plus<>());
      }
      EXPECT_EQ(sequential, in_parts);
      EXPECT_EQ(sequential[0], static_cast<double>(count));
    }
  }
}

TEST(LeastSquares, FitsToAllRetrainingsOrToTheFreshSamples) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  const PolynomialSettings polynomial{Basis::chebyshev, 4, Precision::float64, {ComponentScaling::scaled}};
  const SampleSet whole = test::sine_in(facts, Precision::float64, 2 * kernels::normal_block_points);
  const SampleSet first = test::part_of(whole, 0, kernels::normal_block_points);
  const SampleSet second = test::part_of(whole, kernels::normal_block_points, kernels::normal_block_points);
  const auto fitted_to = [&](FitHistory history, const std::vector<const SampleSet*>& parts) {
    LeastSquaresCase fitted(polynomial, {.history = history}, facts);
    for (const SampleSet* const part : parts) {
      EXPECT_EQ(fitted.trainer->fit(*part).samples, part->count());
    }
    return test::joined_coefficients(*fitted.surrogate);
  };
  EXPECT_EQ(fitted_to(FitHistory::all, {&first, &second}), fitted_to(FitHistory::fresh, {&whole}));
  EXPECT_EQ(fitted_to(FitHistory::fresh, {&first, &second}), fitted_to(FitHistory::fresh, {&second}));
  EXPECT_NE(fitted_to(FitHistory::all, {&first, &second}), fitted_to(FitHistory::all, {&second}));
}

TEST(LeastSquares, GoesOnFromASavedState) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  const PolynomialSettings polynomial{Basis::monomial, 5, Precision::float32};
  const SampleSet first = test::sine_in(facts, Precision::float32, 100);
  const SampleSet second = test::sine_in(facts, Precision::float32, 64);
  LeastSquaresCase whole(polynomial, {}, facts);
  whole.trainer->fit(first);
  LeastSquaresCase continued(polynomial, {}, facts);
  test::restore(continued, test::everything_of(whole));
  whole.trainer->fit(second);
  continued.trainer->fit(second);
  EXPECT_EQ(test::everything_of(whole), test::everything_of(continued));
}

TEST(LeastSquares, TooFewSamplesAreInterpolatedWithAWarning) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  for (const std::int64_t count : {1, 3, 5}) {
    LeastSquaresCase fitted({Basis::monomial, 5, Precision::float64}, {}, facts);
    const SampleSet samples = test::sine_in(facts, Precision::float64, count);
    const TrainingReport report = fitted.trainer->fit(samples);
    EXPECT_THAT(report.warning, Not(IsEmpty()));
    EXPECT_GT(report.condition.value(), 1e12);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto& rows = std::get<ArrayOf<double>>(samples.rows());
      double y = 0.0;
      fitted.surrogate->predict(Execution::calling_thread, {&rows(i, 0), 1, 1, Memory::host}, {&y, 1, 1, Memory::host});
      EXPECT_NEAR(y, rows(i, 1), 1e-6);
    }
    for (const double coefficient : test::joined_coefficients(*fitted.surrogate)) {
      EXPECT_LT(std::abs(coefficient), 2.0);
    }
  }
}

TEST(LeastSquares, AnIllConditionedBasisStillFits) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  for (const std::int64_t degree : {20, 30}) {
    LeastSquaresCase fitted({Basis::monomial, degree, Precision::float64}, {}, facts);
    const TrainingReport report = fitted.trainer->fit(test::sine_in(facts, Precision::float64, 1000));
    EXPECT_GT(report.condition.value(), 1e10) << degree;
    EXPECT_LT(report.last_loss, 1e-12) << degree;
    EXPECT_TRUE(parameters_are_finite(*fitted.surrogate));
  }
}

TEST(LeastSquares, RidgeMakesCoefficientsSmallerButNotTheConstant) {
  const Facts facts = test::box(1, 1, -1.0, 1.0);
  const auto fitted_with = [&](double ridge) {
    LeastSquaresCase fitted({Basis::legendre, 1, Precision::float64}, {.ridge = ridge}, facts);
    SampleSet samples(Precision::float64, 4, 1, 1);
    const auto& rows = std::get<ArrayOf<double>>(samples.rows());
    for (const int i : {0, 1, 2, 3}) {  // y = 5 + 2 x, and x is orthogonal to 1
      rows(i, 0) = i < 2 ? -1.0 : 1.0;
      rows(i, 1) = 5.0 + 2.0 * rows(i, 0);
    }
    fitted.trainer->fit(samples);
    return test::joined_coefficients(*fitted.surrogate);
  };
  EXPECT_NEAR(fitted_with(0.0)[1], 2.0, 1e-14);
  EXPECT_NEAR(fitted_with(1.0)[1], 1.0, 1e-14);
  EXPECT_NEAR(fitted_with(3.0)[1], 0.5, 1e-14);
  EXPECT_NEAR(fitted_with(3.0)[0], 5.0, 1e-14);
}

TEST(LeastSquares, SamplesThatAreNotFiniteAreADivergence) {
  const Facts facts = test::box(1, 1, -3.0, 3.0);
  for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (const std::int64_t column : {0, 1}) {
      LeastSquaresCase fitted({Basis::monomial, 3, Precision::float64}, {}, facts);
      const SampleSet samples = test::sine_in(facts, Precision::float64, 50);
      std::get<ArrayOf<double>>(samples.rows())(17, column) = wrong;
      EXPECT_THROW(fitted.trainer->fit(samples), DivergenceError);
    }
  }
}

TEST(LeastSquares, WithoutAConstantFeatureTheBiasIsFitted) {
  test::Oscillation surrogate;
  LeastSquaresTrainer trainer({}, TrainerContext{Execution::host_threads, 42}, surrogate);
  SampleSet samples(Precision::float64, 5000, 1, 1);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    rows(i, 0) = 1e-3 * static_cast<double>(i);
    rows(i, 1) = 3.0 * std::sin(rows(i, 0)) - 0.5 * std::cos(rows(i, 0)) + 0.25;
  }
  trainer.fit(samples);
  EXPECT_THAT(test::joined_coefficients(surrogate),
              ::testing::Pointwise(::testing::DoubleNear(1e-13), {3.0, -0.5, 0.25}));
}

TEST(LeastSquares, MoreFeaturesThanItCanSolveForAreRefused) {
  const Facts facts = test::box(3, 1, -1.0, 1.0);
  EXPECT_THROW(LeastSquaresCase({Basis::monomial, 30, Precision::float64}, {}, facts), ConfigurationError);
}

TEST(NormalEquationsSolver, TellsTheConditionNumberInTheOneNorm) {
  for (const double correlation : {0.0, 0.5, -0.9, 0.999}) {
    // two columns, of lengths 10 and 0.1
    const std::vector<double> sums{100.0, correlation, 0.01, 1.0, 0.1, 1.0};
    const NormalSolution solution = solve_normal_equations({2, 1}, sums, 0.0, {});
    const double expected = (1.0 + std::abs(correlation)) / (1.0 - std::abs(correlation));
    EXPECT_NEAR(solution.condition, expected, 1e-12 * expected * expected);
  }
}

}  // namespace
}  // namespace ailoop
