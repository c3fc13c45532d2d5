// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/polynomial_inputs.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/features.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Matrix;
using test::Vector;
using ::testing::ElementsAre;

constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

std::vector<std::vector<int>> first_exponents(int inputs, int n) {
  std::vector<std::vector<int>> found;
  MultiIndex exponents(inputs);
  for (int k = 0; k < n; ++k, exponents.advance()) {
    std::vector<int>& of_feature = found.emplace_back();
    for (int j = 0; j < inputs; ++j) of_feature.push_back(exponents[j]);
  }
  return found;
}

TEST(MultiIndex, CountsUpwardsForOneVariable) {
  EXPECT_THAT(first_exponents(1, 5),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4)));
}

TEST(MultiIndex, IsGradedLexicographic) {
  EXPECT_THAT(first_exponents(2, 7),
              ElementsAre(ElementsAre(0, 0), ElementsAre(1, 0), ElementsAre(0, 1), ElementsAre(2, 0), ElementsAre(1, 1),
                          ElementsAre(0, 2), ElementsAre(3, 0)));
  EXPECT_THAT(first_exponents(3, 11),
              ElementsAre(ElementsAre(0, 0, 0), ElementsAre(1, 0, 0), ElementsAre(0, 1, 0), ElementsAre(0, 0, 1),
                          ElementsAre(2, 0, 0), ElementsAre(1, 1, 0), ElementsAre(1, 0, 1), ElementsAre(0, 2, 0),
                          ElementsAre(0, 1, 1), ElementsAre(0, 0, 2), ElementsAre(3, 0, 0)));
}

TEST(MultiIndex, MeetsEveryProductOnceInAscendingTotalDegree) {
  for (int inputs = 1; inputs <= max_polynomial_inputs; ++inputs) {
    constexpr int degree = 5;
    const auto count = static_cast<int>(total_degree_features(inputs, degree));
    const auto found = first_exponents(inputs, count);
    EXPECT_EQ(std::set(found.begin(), found.end()).size(), static_cast<std::size_t>(count));
    int last = 0;
    for (const auto& exponents : found) {
      int total = 0;
      for (const int exponent : exponents) total += exponent;
      EXPECT_GE(total, last);
      last = total;
    }
    EXPECT_EQ(last, degree);
  }
}

TEST(TotalDegreeFeatures, AreBinomialCoefficients) {
  EXPECT_EQ(total_degree_features(1, 5), 6.0);
  EXPECT_EQ(total_degree_features(2, 12), 91.0);
  EXPECT_EQ(total_degree_features(3, 0), 1.0);
  EXPECT_EQ(total_degree_features(8, 16), 735471.0);
  EXPECT_EQ(total_degree_features(2, 1000), 501501.0);
}

template <class Space>
class PolynomialInputsOn : public ::testing::Test {};
TYPED_TEST_SUITE(PolynomialInputsOn, test::ExecutionSpaces, test::SpaceNames);

template <class Space, class Real>
std::vector<Real> rows_of(Basis basis, const PolynomialInputs& inputs, int degree, const std::vector<double>& x,
                          std::size_t columns) {
  const std::size_t n = x.size() / columns;
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < n; ++i) order.push_back(static_cast<std::int64_t>(i));
  const Matrix<Space, Real> rows("rows", n, static_cast<std::size_t>(total_degree_features(inputs.count, degree)));
  feature_rows(Space(), basis, inputs, degree, test::matrix_on<Space>(x, columns),
               test::span_of(test::vector_on<Space>(order)), rows);
  return test::numbers_of(rows);
}

TYPED_TEST(PolynomialInputsOn, FeaturesAreTheProductsInTheOrderOfTheExponents) {
  // x = 3, y = 2: 1; x, y; x^2, xy, y^2
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::monomial, PolynomialInputs{.count = 2}, 2, {3.0, 2.0}, 2)),
              ElementsAre(1, 3, 2, 9, 6, 4));
  // T_2(3) = 17, T_2(2) = 7
  EXPECT_THAT((rows_of<TypeParam, float>(Basis::chebyshev, PolynomialInputs{.count = 2}, 2, {3.0, 2.0}, 2)),
              ElementsAre(1, 3, 2, 17, 6, 7));
}

template <class Space, class Real>
void test_products(int inputs, int degree) {
  std::vector<double> x;
  for (int i = 0; i < 5 * inputs; ++i) x.push_back(-0.9 + 0.37 * (i % 5) + 0.011 * i);
  const auto columns = static_cast<std::size_t>(inputs);
  for (const Basis basis : all_bases) {
    const auto found = rows_of<Space, Real>(basis, PolynomialInputs{.count = inputs}, degree, x, columns);
    const auto count = static_cast<std::size_t>(total_degree_features(inputs, degree));
    for (std::size_t i = 0; i < 5; ++i) {
      // every factor on its own, as a polynomial of one variable
      std::vector<std::vector<Real>> factors;
      for (std::size_t j = 0; j < columns; ++j) {
        factors.push_back(rows_of<Space, Real>(basis, PolynomialInputs{.count = 1}, degree, {x[i * columns + j]}, 1));
      }
      MultiIndex exponents(inputs);
      for (std::size_t k = 0; k < count; ++k, exponents.advance()) {
        Real product = factors[0][static_cast<std::size_t>(exponents[0])];
        for (std::size_t j = 1; j < columns; ++j) {
          product *= factors[j][static_cast<std::size_t>(exponents[static_cast<int>(j)])];
        }
        ASSERT_EQ(found[i * count + k], product) << inputs << " variables, feature " << k;
      }
    }
  }
}

TYPED_TEST(PolynomialInputsOn, FeaturesHaveTheBitsOfProductsOfOneVariableFeatures) {
  test_products<TypeParam, double>(1, 9);
  test_products<TypeParam, double>(2, 12);
  test_products<TypeParam, float>(2, 40);  // more factors than fit the small room
  test_products<TypeParam, float>(3, 6);
  test_products<TypeParam, double>(8, 3);
}

TYPED_TEST(PolynomialInputsOn, ScaledInputsAreMappedAfterRounding) {
  PolynomialInputs inputs{.count = 2};
  inputs.maps[0] = {1.0, 0.5};
  inputs.maps[1] = {-3.0, 4.0};
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::monomial, inputs, 1, {3.0, -2.75}, 2)), ElementsAre(1, 1, 1));
  inputs.maps[0] = {2.0, 0x1p30};
  const double x = 2.0 + 0x1p-30;  // 2 in float
  EXPECT_THAT((rows_of<TypeParam, float>(Basis::monomial, inputs, 1, {x, 0.0}, 2)), ElementsAre(1, 0, 12));
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::monomial, inputs, 1, {x, 0.0}, 2)), ElementsAre(1, 1, 12));
}

TYPED_TEST(PolynomialInputsOn, FurtherColumnsOfTheSamplesAreNotLookedAt) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::monomial, PolynomialInputs{.count = 2}, 1, {3.0, 2.0, nan}, 3)),
              ElementsAre(1, 3, 2));
}

template <class Space, class Real>
void test_prediction(int inputs, int degree, std::size_t outputs) {
  const auto columns = static_cast<std::size_t>(inputs);
  std::vector<double> x;
  for (std::size_t i = 0; i < 30 * columns; ++i) x.push_back(-1.0 + 0.0677 * static_cast<double>(i % 30));
  const auto count = static_cast<std::size_t>(total_degree_features(inputs, degree));
  std::vector<Real> weights;
  for (std::size_t i = 0; i < outputs * count; ++i) {
    weights.push_back(static_cast<Real>(0.3 - 0.01 * static_cast<double>(i * i % 71)));
  }
  std::vector<Real> bias;
  for (std::size_t o = 0; o < outputs; ++o) bias.push_back(static_cast<Real>(0.1 * static_cast<double>(o + 1)));
  PolynomialInputs scaled{.count = inputs};
  for (Scaling& map : scaled.maps) map = {0.1, 1.3};

  for (const Basis basis : all_bases) {
    const auto features = rows_of<Space, Real>(basis, scaled, degree, x, columns);
    std::vector<double> expected;
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t o = 0; o < outputs; ++o) {
        Real sum = 0;
        for (std::size_t k = 0; k < count; ++k) sum += weights[o * count + k] * features[i * count + k];
        expected.push_back(static_cast<double>(sum + bias[o]));
      }
    }
    const Matrix<Space, double> y("y", 30, outputs);
    polynomial(Space(), basis, scaled, degree, test::matrix_on<Space>(weights, count), test::vector_on<Space>(bias),
               test::matrix_on<Space>(x, columns), y);
    EXPECT_EQ(test::numbers_of(y), expected) << inputs << " variables, " << outputs << " outputs";
  }
}

TYPED_TEST(PolynomialInputsOn, PredictionsAddTheWeightedFeaturesInTheirOrderThenTheBias) {
  test_prediction<TypeParam, float>(2, 12, 1);
  test_prediction<TypeParam, double>(2, 5, 19);
  test_prediction<TypeParam, double>(3, 5, 2);
  test_prediction<TypeParam, float>(2, 33, 2);
}

TYPED_TEST(PolynomialInputsOn, WrongExtentsAreRefused) {
  const TypeParam space;
  const PolynomialInputs two{.count = 2};
  const Matrix<TypeParam, double> x("x", 3, 2);
  const Matrix<TypeParam, double> narrow("narrow", 3, 1);
  const Vector<TypeParam, std::int64_t> order("order", 3);
  const Matrix<TypeParam, double> rows("rows", 3, 6);
  const Matrix<TypeParam, double> wrong("wrong", 3, 5);
  const auto features = [&](const PolynomialInputs& inputs, int degree, const auto& points, const auto& into) {
    feature_rows(space, Basis::monomial, inputs, degree, points, test::span_of(order), into);
  };
  EXPECT_NO_THROW(features(two, 2, x, rows));
  EXPECT_THROW(features(two, 2, narrow, rows), UsageError);
  EXPECT_THROW(features(two, 2, x, wrong), UsageError);
  EXPECT_THROW(features(two, -1, x, rows), UsageError);
  EXPECT_THROW(features(PolynomialInputs{.count = 0}, 2, x, rows), UsageError);
  EXPECT_THROW(features(PolynomialInputs{.count = 9}, 2, x, rows), UsageError);
  EXPECT_THROW(features(two, 2, x, Matrix<TypeParam, double>("shorter", 2, 6)), UsageError);

  const Matrix<TypeParam, double> weights("weights", 1, 6);
  const Vector<TypeParam, double> bias("bias", 1);
  const Matrix<TypeParam, double> y("y", 3, 1);
  const auto predict = [&](const auto& of_weights, const auto& of_bias, const auto& points, const auto& into) {
    polynomial(space, Basis::monomial, two, 2, of_weights, of_bias, points, into);
  };
  EXPECT_NO_THROW(predict(weights, bias, x, y));
  EXPECT_THROW(predict(Matrix<TypeParam, double>("weights", 1, 5), bias, x, y), UsageError);
  EXPECT_THROW(predict(Matrix<TypeParam, double>("weights", 2, 6), bias, x, y), UsageError);
  EXPECT_THROW(predict(weights, bias, narrow, y), UsageError);
  EXPECT_THROW(predict(weights, bias, x, x), UsageError);
  EXPECT_THROW(predict(weights, bias, x, Matrix<TypeParam, double>("y", 2, 1)), UsageError);
}

TYPED_TEST(PolynomialInputsOn, MoreFactorsThanThereIsRoomForAreRefused) {
  const Matrix<TypeParam, double> x("x", 1, 2);
  const Vector<TypeParam, std::int64_t> order("order", 1);
  const auto features_of_degree = [&](int degree) {
    const Matrix<TypeParam, float> rows("rows", 1, static_cast<std::size_t>(total_degree_features(2, degree)));
    feature_rows(TypeParam(), Basis::chebyshev, PolynomialInputs{.count = 2}, degree, x, test::span_of(order), rows);
  };
  EXPECT_NO_THROW(features_of_degree(1000));
  EXPECT_THROW(features_of_degree(1024), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
