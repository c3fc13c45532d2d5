// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/sample_error.hpp>

#include <ailoop/training/trainer.hpp>

#include "training_case.hpp"
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ailoop {
namespace {

using test::sine_samples;

/// A constant as model.
template <class T>
std::unique_ptr<LinearSurrogate> constant(double value) {
  auto surrogate = make_polynomial({kernels::Basis::monomial, 1, precision_of<T>}, SineProblem({.terms = 4}).facts());
  std::get<std::span<T>>(surrogate->parameters()[1].values)[0] = static_cast<T>(value);
  return surrogate;
}

/// Samples whose targets are all the same number.
template <class T>
SampleSet constant_samples(std::int64_t count, double value) {
  SampleSet samples = sine_samples<T>(count);
  for (std::int64_t i = 0; i < count; ++i) {
    std::get<ArrayOf<T>>(samples.rows())(i, 1) = static_cast<T>(value);
  }
  return samples;
}

template <class T>
void expect_mean_square(std::int64_t count) {
  const SampleSet samples = sine_samples<T>(count);
  double expected = 0.0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto y = static_cast<double>(std::get<ArrayOf<T>>(samples.rows())(i, 1));
    expected += (y - 0.25) * (y - 0.25) / static_cast<double>(count);
  }
  EXPECT_NEAR(sample_error(*constant<T>(0.25), samples).mean_square, expected, 1e-10) << count;
}

TEST(SampleError, IsTheMeanSquareOfWhatThePredictionsAreOffBy) {
  for (const std::int64_t count : {1, 255, 256, 1001}) {  // more than one block, the last one smaller
    expect_mean_square<float>(count);
    expect_mean_square<double>(count);
  }
}

TrainingReport report(double before, double after, double unresolved = 0.0) {
  return {.error_before = before, .error_after = after, .unresolved = unresolved};
}

TEST(SampleError, MayGrowAHundredfold) {
  EXPECT_FALSE(growth_of_error(report(0.01, 0.99)));
  EXPECT_TRUE(growth_of_error(report(0.01, 1.01)));
}

TEST(SampleError, AnAlmostPerfectModelMayGetWorseWithinWhatRoundingCanHide) {
  const SampleSet samples = constant_samples<float>(50, 3.0);
  const double unresolved = 9.0 * std::numeric_limits<float>::epsilon();
  EXPECT_DOUBLE_EQ(sample_error(*constant<float>(0.25), samples).unresolved, unresolved);
  EXPECT_FALSE(growth_of_error(report(0.0, 99 * unresolved, unresolved)));
  EXPECT_TRUE(growth_of_error(report(0.0, 101 * unresolved, unresolved)));
}

TEST(SampleError, WhatIsNotFiniteIsGrowthUnlessItWasBefore) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(growth_of_error(report(1e30, infinity)));
  EXPECT_TRUE(growth_of_error(report(1e30, nan)));
  EXPECT_FALSE(growth_of_error(report(infinity, infinity)));
  EXPECT_FALSE(growth_of_error(report(nan, 9.0)));
}

}  // namespace
}  // namespace ailoop
