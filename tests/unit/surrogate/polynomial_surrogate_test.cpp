// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ailoop {
namespace {

using kernels::Basis;

const Facts& sine_facts() {
  static const SineProblem problem({.terms = 4});
  return problem.facts();
}

template <class T>
void set_parameters(Surrogate& surrogate) {
  for (const Parameter& parameter : surrogate.parameters()) {
    const auto values = std::get<std::span<T>>(parameter.values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<T>(0.75) / static_cast<T>(i + 1);
    }
  }
}

double predict_at(const Surrogate& surrogate, Execution execution, double x) {
  double y = std::numeric_limits<double>::quiet_NaN();
  surrogate.predict(execution, {&x, 1, 1}, {&y, 1, 1});
  return y;
}

template <class Space>
class PolynomialSurrogateOn : public ::testing::Test {};
TYPED_TEST_SUITE(PolynomialSurrogateOn, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(PolynomialSurrogateOn, PredictionOfOnePointDoesNotDependOnTheBatch) {
  const auto surrogate = make_polynomial({Basis::chebyshev, 9, Precision::float32}, sine_facts());
  set_parameters<float>(*surrogate);
  std::vector<double> x(1000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = -3.0 + 0.006 * static_cast<double>(i);
  }
  std::vector<double> y(x.size());
  const Execution execution = execution_of<TypeParam>;
  surrogate->predict(execution, {x.data(), 1000, 1}, {y.data(), 1000, 1});
  for (std::size_t i = 0; i < x.size(); i += 37) {
    EXPECT_EQ(y[i], predict_at(*surrogate, execution, x[i])) << i;
  }
}

TYPED_TEST(PolynomialSurrogateOn, PredictionIsThatOfTheSequentialSpaceBitByBit) {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    const auto surrogate = make_polynomial({Basis::hermite, 7, precision}, sine_facts());
    precision == Precision::float32 ? set_parameters<float>(*surrogate) : set_parameters<double>(*surrogate);
    for (int i = 0; i < 17; ++i) {
      const double x = -3.0 + 0.37 * i;
      EXPECT_EQ(predict_at(*surrogate, execution_of<TypeParam>, x),
                predict_at(*surrogate, Execution::calling_thread, x));
    }
  }
}

TYPED_TEST(PolynomialSurrogateOn, PredictionIsFeaturesTimesWeightsPlusBias) {
  for (const Basis basis : {Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite}) {
    const auto surrogate = make_polynomial({basis, 5, Precision::float64}, sine_facts());
    set_parameters<double>(*surrogate);
    const OwnedArray points(3, 2);
    const OwnedArray phi(3, 6);
    for (std::int64_t i = 0; i < 3; ++i) {
      points.row(i)[0] = -1.5 + static_cast<double>(i);
    }
    surrogate->feature_rows(execution_of<TypeParam>, Array(points), std::vector<std::int64_t>{2, 1, 0}, Array(phi));
    const auto parameters = surrogate->parameters();
    const auto weight = std::get<std::span<double>>(parameters[0].values);
    const auto bias = std::get<std::span<double>>(parameters[1].values);
    for (std::int64_t i = 0; i < 3; ++i) {
      double expected = bias[0];
      for (std::size_t k = 0; k < 6; ++k) {
        expected += weight[k] * phi.row(i)[k];
      }
      const double x = points.row(2 - i)[0];
      EXPECT_NEAR(predict_at(*surrogate, execution_of<TypeParam>, x), expected, 1e-12 * std::abs(expected));
    }
  }
}

TEST(PolynomialSurrogate, StartsWithZeroParametersOfTheOriginalsNames) {
  const auto surrogate = make_polynomial({Basis::monomial, 5, Precision::float32}, sine_facts());
  const auto parameters = surrogate->parameters();
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].name, "fc.weight");
  EXPECT_THAT(parameters[0].shape, ::testing::ElementsAre(1, 6));
  EXPECT_EQ(parameters[1].name, "fc.bias");
  EXPECT_THAT(parameters[1].shape, ::testing::ElementsAre(1));
  EXPECT_THAT(std::get<std::span<float>>(parameters[0].values), ::testing::Each(0.0F));
  EXPECT_EQ(predict_at(*surrogate, Execution::calling_thread, 2.0), 0.0);
}

TEST(PolynomialSurrogate, KnowsWhetherItsParametersAreFinite) {
  const auto surrogate = make_polynomial({Basis::monomial, 3, Precision::float64}, sine_facts());
  EXPECT_TRUE(parameters_are_finite(*surrogate));
  std::get<std::span<double>>(surrogate->parameters()[0].values)[2] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(parameters_are_finite(*surrogate));
}

}  // namespace
}  // namespace ailoop
