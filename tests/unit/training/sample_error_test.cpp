#include <ailoop/test/near.hpp>
#include <ailoop/training/sample_error.hpp>
#include <ailoop/training/trainer.hpp>

#include "training_case.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ailoop {
namespace {

using test::sine_samples;

/// A constant as model.
template <class T>
std::unique_ptr<LinearSurrogate> constant(double value) {
  auto surrogate =
      make_polynomial({kernels::Basis::monomial, 1, precision_of<T>}, SineProblem({.terms = 4}).facts());
  std::get<std::span<T>>(surrogate->parameters()[1].values)[0] = static_cast<T>(value);
  return surrogate;
}

/// Samples whose targets are all the same number.
template <class T>
SampleSet constant_samples(std::int64_t count, double value) {
  SampleSet samples = sine_samples<T>(count);
  for (std::int64_t i = 0; i < count; ++i) {
    std::get<SampleRows<T>>(samples.rows())(i, 1) = static_cast<T>(value);
  }
  return samples;
}

template <class T>
void expect_mean_square(std::int64_t count) {
  const SampleSet samples = sine_samples<T>(count);
  double expected = 0.0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto y = static_cast<double>(std::get<SampleRows<T>>(samples.rows())(i, 1));
    expected += (y - 0.25) * (y - 0.25) / static_cast<double>(count);
  }
  EXPECT_NEAR(mean_squared_error(*constant<T>(0.25), samples), expected, 1e-10) << count;
}

TEST(SampleError, IsTheMeanSquareOfWhatThePredictionsAreOffBy) {
  for (const std::int64_t count : {1, 100, 65'536, 150'001}) {  // more than one piece, the last one smaller
    expect_mean_square<float>(count);
    expect_mean_square<double>(count);
  }
}

TEST(SampleError, MayGrowAHundredfold) {
  const SampleSet samples = constant_samples<double>(50, 1.0);
  EXPECT_NO_THROW(require_no_growth(0.01, *constant<double>(1.99), samples));  // from 0.01 to 0.98
  EXPECT_THROW(require_no_growth(0.01, *constant<double>(2.01), samples), DivergenceError);
}

TEST(SampleError, AnAlmostPerfectModelMayGetWorseWithinWhatRoundingCanHide) {
  const SampleSet samples = constant_samples<float>(50, 1.0);
  const double unit = std::numeric_limits<float>::epsilon();
  EXPECT_NO_THROW(require_no_growth(0.0, *constant<float>(1.0 + std::sqrt(99 * unit)), samples));
  EXPECT_THROW(require_no_growth(0.0, *constant<float>(1.0 + std::sqrt(101 * unit)), samples), DivergenceError);
}

TEST(SampleError, WhatIsNotFiniteIsGrowthUnlessItWasBefore) {
  const SampleSet samples = constant_samples<float>(50, 1.0);
  const auto infinite = constant<float>(std::numeric_limits<double>::infinity());
  EXPECT_THROW(require_no_growth(1e30, *infinite, samples), DivergenceError);
  EXPECT_NO_THROW(require_no_growth(std::numeric_limits<double>::infinity(), *infinite, samples));
  EXPECT_NO_THROW(require_no_growth(std::numeric_limits<double>::quiet_NaN(), *constant<float>(9.0), samples));
}

}  // namespace
}  // namespace ailoop
