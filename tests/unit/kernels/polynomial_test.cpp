// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/polynomial.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>
#include <ailoop/test/near.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Matrix;
using test::Vector;
using test::vector_on;
using ::testing::ElementsAre;

constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

template <class Space>
class Polynomial : public ::testing::Test {};
TYPED_TEST_SUITE(Polynomial, test::ExecutionSpaces, test::SpaceNames);

template <class Space, class Real>
std::vector<double> predict(Basis basis, const std::vector<Real>& weights, Real bias, const std::vector<double>& x) {
  const Matrix<Space, double> y("y", x.size(), 1);
  polynomial(Space(), basis, PolynomialInputs{.count = 1}, static_cast<int>(weights.size()) - 1,
             test::matrix_on<Space>(weights, weights.size()), vector_on<Space>(std::vector<Real>{bias}),
             test::matrix_on<Space>(x, 1), y);
  return test::numbers_of(y);
}

TYPED_TEST(Polynomial, OfWholeNumbersIsExact) {
  // 1 + 2 phi_1 + 3 phi_2 - 4 phi_3 + 5 at x = 2 and -1.
  const std::vector<double> weights{1, 2, 3, -4};
  EXPECT_THAT(predict<TypeParam>(Basis::monomial, weights, 5.0, {2, -1}), ElementsAre(-10, 11));
  EXPECT_THAT(predict<TypeParam>(Basis::chebyshev, weights, 5.0, {2, -1}), ElementsAre(-73, 11));
  // the coefficients of the recurrence, 5/3 and the like, are rounded
  EXPECT_THAT(predict<TypeParam>(Basis::legendre, weights, 5.0, {2, -1}),
              test::near(std::vector<double>{-41.5, 11.0}, 1e-14));
  EXPECT_THAT(predict<TypeParam>(Basis::hermite, weights, 5.0, {2, -1}), ElementsAre(-104, -8));
}

TYPED_TEST(Polynomial, OfThePretrainedWeightsIsNearSine) {
  const std::vector<float> weights{0.0282811858F, 0.870920002F,    0.0287943408F,
                                   -0.109739639F, -0.00328145619F, 0.00178895902F};
  const float bias = -0.0707711428F;
  const auto x = test::grid(-std::numbers::pi, std::numbers::pi, 101);
  const auto y = predict<TypeParam>(Basis::monomial, weights, bias, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto exact = static_cast<double>(bias);
    double size = std::abs(exact);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const double term = static_cast<double>(weights[k]) * std::pow(x[i], static_cast<double>(k));
      exact += term;
      size += std::abs(term);
    }
    // Each term: the rounding of x and a product for each power, its own product and at most seven sums.
    EXPECT_NEAR(y[i], exact, 18 * 0x1p-24 * size) << "x " << x[i];
    EXPECT_NEAR(y[i], std::sin(x[i]), 0.3) << "x " << x[i];
  }
}

TYPED_TEST(Polynomial, RoundsThePointsToThePrecisionOfTheWeights) {
  const double x = 1.0 + 0x1p-30;
  EXPECT_THAT(predict<TypeParam>(Basis::monomial, std::vector<float>{0, 1}, 0.0F, {x}), ElementsAre(1.0));
  EXPECT_THAT(predict<TypeParam>(Basis::monomial, std::vector<double>{0, 1}, 0.0, {x}), ElementsAre(x));
}

TYPED_TEST(Polynomial, OfDegreeZeroIsConstant) {
  for (const Basis basis : all_bases) {
    EXPECT_THAT(predict<TypeParam>(basis, std::vector<double>{2}, 0.5, {-3, 0, 9}), ElementsAre(2.5, 2.5, 2.5));
  }
}

TYPED_TEST(Polynomial, PassesNanAndInfinityOn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto y = predict<TypeParam>(Basis::monomial, std::vector<float>{1, 1, 1}, 0.0F, {nan, infinity, 1e200});
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], infinity);
  EXPECT_EQ(y[2], infinity) << "1e200 is beyond float";
}

TYPED_TEST(Polynomial, ReadsAndWritesMemoryOfTheCaller) {
  using Memory = typename TypeParam::memory_space;
  const Vector<TypeParam, double> storage("storage", 8);
  using Unmanaged = Kokkos::View<double**, Kokkos::LayoutRight, Memory, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using ReadOnly = Kokkos::View<const double**, Kokkos::LayoutRight, Memory, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(storage, 3.0);
  polynomial(TypeParam(), Basis::monomial, PolynomialInputs{.count = 1}, 1,
             test::matrix_on<TypeParam>(std::vector<double>{0, 2}, 2), vector_on<TypeParam>(std::vector<double>{1}),
             ReadOnly(storage.data(), 4, 1), Unmanaged(storage.data() + 4, 4, 1));
  EXPECT_THAT(test::numbers_of(storage), ElementsAre(3, 3, 3, 3, 7, 7, 7, 7));
}

TYPED_TEST(Polynomial, AcceptsNoPointsAndRefusesWrongExtents) {
  for (const Basis basis : all_bases) {
    EXPECT_TRUE((predict<TypeParam>(basis, std::vector<float>{1, 2}, 0.0F, {}).empty()));
  }
  const TypeParam space;
  const Matrix<TypeParam, float> weights("weights", 1, 6);
  const Vector<TypeParam, float> one("one", 1);
  const Vector<TypeParam, float> two("two", 2);
  const Matrix<TypeParam, float> none("none", 1, 0);
  const Matrix<TypeParam, double> x("x", 3, 1);
  const Matrix<TypeParam, double> longer("longer", 4, 1);
  const Matrix<TypeParam, double> wide("wide", 3, 2);
  const auto predict_with = [&](Basis basis, int degree, const auto& of_weights, const auto& of_bias,
                                const auto& points, const auto& into) {
    polynomial(space, basis, PolynomialInputs{.count = 1}, degree, of_weights, of_bias, points, into);
  };
  EXPECT_NO_THROW(predict_with(Basis::monomial, 5, weights, one, x, x));
  EXPECT_THROW(predict_with(Basis::monomial, -1, none, one, x, x), UsageError);
  EXPECT_THROW(predict_with(Basis::monomial, 4, weights, one, x, x), UsageError);
  EXPECT_THROW(predict_with(Basis::monomial, 5, weights, two, x, x), UsageError);
  EXPECT_THROW(predict_with(Basis::monomial, 5, weights, one, x, longer), UsageError);
  EXPECT_THROW(predict_with(Basis::monomial, 5, weights, one, wide, x), UsageError);
  EXPECT_THROW(predict_with(Basis::monomial, 5, weights, one, x, wide), UsageError);
  EXPECT_THROW(predict_with(static_cast<Basis>(9), 5, weights, one, x, x), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
