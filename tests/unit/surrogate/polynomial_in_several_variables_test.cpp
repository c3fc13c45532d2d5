// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/problem/kepler_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using kernels::Basis;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Facts of a problem with the box [0, 1) + j in dimension j.
Facts facts_of(std::int64_t dimension, std::int64_t outputs) {
  Facts facts;
  facts.dimension = dimension;
  facts.outputs = outputs;
  for (std::int64_t j = 0; j < dimension; ++j) {
    facts.lower.push_back(static_cast<double>(j));
    facts.upper.push_back(static_cast<double>(j + 1));
  }
  return facts;
}

/// The message with which making the surrogate fails.
std::string refusal(std::int64_t degree, std::int64_t dimension) {
  try {
    static_cast<void>(make_polynomial({Basis::monomial, degree, Precision::float32}, facts_of(dimension, 1)));
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

template <class Space>
class SeveralVariablesOn : public ::testing::Test {};
TYPED_TEST_SUITE(SeveralVariablesOn, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(SeveralVariablesOn, PredictionIsFeaturesTimesWeightsPlusBiasForEachOutput) {
  for (const ComponentScaling inputs : {ComponentScaling::raw, ComponentScaling::scaled}) {
    const auto surrogate = make_polynomial({Basis::legendre, 3, Precision::float64, {inputs}}, facts_of(2, 2));
    ASSERT_EQ(surrogate->features(), 10);
    const auto parameters = surrogate->parameters();
    const auto weight = std::get<std::span<double>>(parameters[0].values);
    const auto bias = std::get<std::span<double>>(parameters[1].values);
    ASSERT_EQ(weight.size(), 20U);
    for (std::size_t k = 0; k < weight.size(); ++k) {
      weight[k] = 0.5 - 0.037 * static_cast<double>(k);
    }
    bias[0] = 0.25;
    bias[1] = -4.0;

    constexpr std::size_t n = 5;
    const OwnedArray points(n, 4);  // x_0, x_1, y_0, y_1
    std::vector<std::int64_t> order(n);
    const OwnedArray phi(n, 10);
    std::vector<double> x;
    for (std::size_t i = 0; i < n; ++i) {
      x.insert(x.end(), {0.19 * static_cast<double>(i), 1.9 - 0.17 * static_cast<double>(i)});
      std::ranges::copy(std::vector{x[2 * i], x[2 * i + 1], double{NAN}, double{NAN}},
                        points.row(static_cast<std::int64_t>(i)).begin());
      order[i] = static_cast<std::int64_t>((i + 2) % n);
    }
    surrogate->feature_rows(execution_of<TypeParam>, Array(points), order, Array(phi));
    std::vector<double> y(2 * n);
    surrogate->predict(execution_of<TypeParam>, {x.data(), n, 2}, {y.data(), n, 2});
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t o = 0; o < 2; ++o) {
        double expected = 0.0;
        for (std::size_t k = 0; k < 10; ++k) {
          expected += weight[10 * o + k] * phi.row(static_cast<std::int64_t>(i))[k];
        }
        EXPECT_EQ(y[2 * ((i + 2) % n) + o], expected + bias[o]);
      }
    }
  }
}

TYPED_TEST(SeveralVariablesOn, ScaledInputsAreTheBoxMappedToMinusOneAndOne) {
  const auto surrogate =
      make_polynomial({Basis::monomial, 1, Precision::float64, {ComponentScaling::scaled}}, facts_of(3, 1));
  const auto weight = std::get<std::span<double>>(surrogate->parameters()[0].values);
  // 1, t_0, t_1, t_2 told apart by their size
  std::ranges::copy(std::vector<double>{0, 1, 100, 10000}, weight.begin());
  const std::vector<double> x{0.0, 1.0, 2.0, 1.0, 2.0, 3.0, 0.5, 1.75, 2.5};
  std::vector<double> y(3);
  surrogate->predict(execution_of<TypeParam>, {x.data(), 3, 3}, {y.data(), 3, 1});
  EXPECT_THAT(y, ElementsAre(-10101, 10101, 50));
}

TYPED_TEST(SeveralVariablesOn, ScaledInputsOfOneVariableAreMapped) {
  const auto surrogate =
      make_polynomial({Basis::chebyshev, 2, Precision::float32, {ComponentScaling::scaled}}, facts_of(1, 1));
  const auto weight = std::get<std::span<float>>(surrogate->parameters()[0].values);
  weight[2] = 1.0F;
  const std::vector<double> x{0.0, 0.5, 0.75, 1.0};
  std::vector<double> y(4);
  surrogate->predict(execution_of<TypeParam>, {x.data(), 4, 1}, {y.data(), 4, 1});
  EXPECT_THAT(y, ElementsAre(1.0, -1.0, -0.5, 1.0));  // T_2(t) = 2 t^2 - 1
}

TEST(PolynomialSurrogate, HasARowOfWeightsForEachOutput) {
  const auto surrogate = make_polynomial({Basis::chebyshev, 4, Precision::float32}, facts_of(3, 2));
  EXPECT_EQ(surrogate->features(), 35);
  const auto parameters = surrogate->parameters();
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_THAT(parameters[0].shape, ElementsAre(2, 35));
  EXPECT_EQ(std::get<std::span<float>>(parameters[0].values).size(), 70U);
  EXPECT_THAT(parameters[1].shape, ElementsAre(2));
}

TEST(PolynomialSurrogate, ServesTheLargestSizesItPromises) {
  EXPECT_EQ(make_polynomial({Basis::monomial, 16, Precision::float32}, facts_of(8, 1))->features(), 735471);
  EXPECT_EQ(make_polynomial({Basis::monomial, 1000, Precision::float32}, facts_of(2, 1))->features(), 501501);
  const auto surrogate = make_polynomial({Basis::chebyshev, 1000, Precision::float64}, facts_of(2, 1));
  const std::vector<double> x{0.5, 0.5};
  double y = NAN;
  surrogate->predict(Execution::calling_thread, {x.data(), 1, 2}, {&y, 1, 1});
  EXPECT_EQ(y, 0.0);
}

TEST(PolynomialSurrogate, RefusesTooManyVariables) {
  EXPECT_THAT(refusal(1, 9), ::testing::AllOf(HasSubstr("at most 8 inputs"), HasSubstr("has 9")));
  EXPECT_EQ(refusal(1, 8), "");
}

TEST(PolynomialSurrogate, RefusesTooManyFeaturesAndSaysHowMany) {
  EXPECT_THAT(refusal(17, 8), ::testing::AllOf(HasSubstr("1081575 features"), HasSubstr("at most 1000000")));
  EXPECT_THAT(refusal(1000, 3), HasSubstr("167668501 features"));
  EXPECT_THAT(refusal(1000, 8), HasSubstr("features"));
}

TEST(PolynomialSurrogate, SaysInItsDescriptionWhatItIsMadeOf) {
  const auto one = make_polynomial({Basis::monomial, 5, Precision::float32}, facts_of(1, 1))->description();
  EXPECT_EQ(
      one, (std::map<std::string, std::string>{
               {"type", "polynomial"}, {"basis", "monomial"}, {"degree", "5"}, {"inputs", "raw"}, {"outputs", "raw"}}));
  const auto two =
      make_polynomial({Basis::legendre, 12, Precision::float32, {ComponentScaling::scaled}}, KeplerProblem({}).facts())
          ->description();
  EXPECT_EQ(two, (std::map<std::string, std::string>{{"type", "polynomial"},
                                                     {"basis", "legendre"},
                                                     {"degree", "12"},
                                                     {"inputs", "scaled"},
                                                     {"outputs", "raw"},
                                                     {"order", "graded lexicographic"}}));
}

}  // namespace
}  // namespace ailoop
