// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/model_scaling.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/box.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace ailoop {
namespace {

using enum ComponentScaling;
using Of = ModelScaling::Of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Samples of one input and one output, with these outputs.
SampleSet with_outputs(const std::vector<double>& y) {
  SampleSet samples(Precision::float64, 0, 1, 1);
  const std::vector<double> x(y.size());
  samples.append({x.data(), std::ssize(x), 1}, {y.data(), std::ssize(y), 1});
  return samples;
}

std::vector<double> outputs_of(const SampleSet& samples) {
  std::vector<double> y;
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    y.push_back(std::get<ArrayOf<double>>(samples.rows())(i, 1));
  }
  return y;
}

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.kind())) + ": " + error.what();
  }
  return "no error";
}

TEST(ModelScaling, StandardizedOutputsHaveMeanZeroAndDeviationOne) {
  ModelScaling scaling(Of::outputs, {standardized}, test::box(1, 1));
  EXPECT_TRUE(scaling.is_learned());
  const SampleSet samples = with_outputs({1.0, 3.0, 5.0, 7.0});
  scaling.learn(samples);
  EXPECT_EQ(scaling.centre(0), 4.0);
  EXPECT_DOUBLE_EQ(scaling.factor(0), 1.0 / std::sqrt(5.0));
  scaling.apply(samples);
  EXPECT_DOUBLE_EQ(outputs_of(samples)[3], 3.0 / std::sqrt(5.0));
  scaling.learn(with_outputs({100.0, 200.0}));
  EXPECT_EQ(scaling.centre(0), 4.0) << "only the first samples teach it";
}

TEST(ModelScaling, GivesBackWhatItScaled) {
  for (const ComponentScaling kind : {raw, standardized, log, signed_power}) {
    ModelScaling scaling(Of::outputs, {kind}, test::box(1, 1));
    const std::vector<double> y{1e-12, 1e-3, 0.5, 2.0, 1e9};
    const SampleSet samples = with_outputs(y);
    scaling.learn(samples);
    scaling.apply(samples);
    std::vector<double> back = outputs_of(samples);
    scaling.invert(Execution::calling_thread, {back.data(), std::ssize(back), 1});
    for (std::size_t i = 0; i < y.size(); ++i) {
      // a relative error of t becomes one of y, times |t dy/dt / y|: at most 30 for the logarithms here
      const double scale = kind == standardized ? 1e9 : y[i];
      EXPECT_NEAR(back[i], y[i], 100 * 0x1p-52 * scale) << name(kind);
    }
  }
}

TEST(ModelScaling, SignedPowerKeepsSignsAndZero) {
  ModelScaling scaling(Of::outputs, {signed_power}, test::box(1, 1));
  const SampleSet samples = with_outputs({-1024.0, 0.0, 1024.0});  // 2 = 1024^0.1; mean 0, deviation 2 sqrt(2/3)
  scaling.learn(samples);
  scaling.apply(samples);
  const double t = 1.0 / std::sqrt(2.0 / 3.0);
  EXPECT_THAT(outputs_of(samples), ElementsAre(::testing::DoubleEq(-t), 0.0, ::testing::DoubleEq(t)));
}

TEST(ModelScaling, UntilItIsLearnedEverythingIsScaledToZero) {
  const ModelScaling scaling(Of::outputs, {standardized}, test::box(1, 1));
  std::vector<double> y{3.0, -5.0};
  scaling.apply(Execution::calling_thread, {y.data(), 2, 1});
  EXPECT_THAT(y, ElementsAre(0.0, 0.0));
  scaling.invert(Execution::calling_thread, {y.data(), 2, 1});
  EXPECT_THAT(y, ElementsAre(0.0, 0.0));
}

TEST(ModelScaling, OfInputsMapsTheBoxToMinusOneAndOne) {
  Facts facts = test::box(3, 1);
  facts.lower = {-2.0, 1e-6, -1024.0};
  facts.upper = {4.0, 1e2, 1.0};
  const ModelScaling scaling(Of::inputs, {scaled, log, signed_power}, facts);
  EXPECT_FALSE(scaling.is_learned());
  EXPECT_EQ(scaling.text(), "[scaled, log, signed_power]");
  EXPECT_EQ(scaling.centre(0), 1.0);
  EXPECT_EQ(scaling.factor(0), 1.0 / 3.0);
  EXPECT_NEAR(scaling.centre(1), -2.0 * std::log(10.0), 1e-14);
  EXPECT_NEAR(scaling.factor(1), 1.0 / (4.0 * std::log(10.0)), 1e-16);
  EXPECT_NEAR(scaling.centre(2), -0.5, 1e-15);
  EXPECT_NEAR(scaling.factor(2), 1.0 / 1.5, 1e-15);
}

TEST(ModelScaling, RefusesWhatDoesNotFitTheProblem) {
  EXPECT_THAT(error_of([] { ModelScaling(Of::inputs, {raw, scaled}, test::box(3, 1)); }),
              HasSubstr("surrogate.inputs names 2 scalings, but the problem has 3 inputs"));
  EXPECT_THAT(error_of([] { ModelScaling(Of::inputs, {log}, test::box(1, 1, -1.0, 1.0)); }),
              HasSubstr("log needs numbers above 0; input 0 goes from -1 to 1"));
}

TEST(ModelScaling, RefusesSamplesThatDoNotTellTheScale) {
  ModelScaling scaling(Of::outputs, {standardized}, test::box(1, 1));
  EXPECT_THAT(error_of([&] { scaling.learn(with_outputs({2.0})); }), HasSubstr("first 1 samples"));
  EXPECT_THAT(error_of([&] { scaling.learn(with_outputs({0.1, 0.1, 0.1})); }), HasSubstr("is the same number"));
  ModelScaling of_logarithms(Of::outputs, {log}, test::box(1, 1));
  EXPECT_THAT(error_of([&] { of_logarithms.learn(with_outputs({0.1, -0.1})); }), HasSubstr("has no logarithm"));
  of_logarithms.learn(with_outputs({0.1, 0.2}));
  EXPECT_THAT(error_of([&] { of_logarithms.apply(with_outputs({0.3, -0.5})); }), HasSubstr("of a sample is -0.5"));
}

}  // namespace
}  // namespace ailoop
