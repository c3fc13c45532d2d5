// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/kernels/features.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;
using test::Matrix;
using test::vector_on;
using ::testing::ElementsAre;

constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

template <class Space>
class FeatureRows : public ::testing::Test {};
TYPED_TEST_SUITE(FeatureRows, test::ExecutionSpaces, test::SpaceNames);

/// phi_k(x_i) for k = 0 ... degree, row by row.
template <class Space, class Real>
std::vector<Real> rows_of(Basis basis, int degree, const std::vector<Real>& x) {
  const Matrix<Space, Real> rows("rows", x.size(), static_cast<std::size_t>(degree) + 1);
  feature_rows(Space(), basis, PolynomialInputs{.count = 1}, degree, test::matrix_on<Space>(x, 1),
               test::span_of(vector_on<Space>(test::indices(x.size()))), rows);
  return test::numbers_of(rows);
}

// Abramowitz, Stegun, Handbook of Mathematical Functions, tables 22.3, 22.9 and 22.12: coefficients of degrees 0 to 6.
// Whole numbers make every step of the recurrences of T and H exact.
TYPED_TEST(FeatureRows, GiveThePublishedPolynomialsAtWholeNumbers) {
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::monomial, 6, {3.0})), ElementsAre(1, 3, 9, 27, 81, 243, 729));
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::chebyshev, 6, {2.0})), ElementsAre(1, 2, 7, 26, 97, 362, 1351));
  EXPECT_THAT((rows_of<TypeParam, double>(Basis::hermite, 6, {1.0})), ElementsAre(1, 2, 2, -4, -20, -8, 184));
  EXPECT_THAT((rows_of<TypeParam, float>(Basis::hermite, 6, {-1.0F})), ElementsAre(1, -2, 2, 4, -20, 8, 184));
}

TYPED_TEST(FeatureRows, GiveThePublishedHermitePolynomialOfDegreeTen) {
  const auto rows = rows_of<TypeParam, double>(Basis::hermite, 10, {2.0});
  EXPECT_EQ(rows[10], 1024.0 * 1024 - 23040.0 * 256 + 161280.0 * 64 - 403200.0 * 16 + 302400.0 * 4 - 30240.0);
}

TYPED_TEST(FeatureRows, GiveThePublishedLegendrePolynomialsAtOneHalf) {
  // P_k(1/2) as fractions with powers of two below; to 4 roundings for each of up to 6 steps.
  const std::vector<double> exact{1.0, 0.5, -1.0 / 8, -7.0 / 16, -37.0 / 128, 23.0 / 256, 331.0 / 1024};
  const auto rows = rows_of<TypeParam, double>(Basis::legendre, 6, {0.5});
  for (std::size_t k = 0; k < exact.size(); ++k) EXPECT_NEAR(rows[k], exact[k], 24 * 0x1p-53) << "degree " << k;
}

TYPED_TEST(FeatureRows, OfMonomialsArePowers) {
  const auto x = test::grid(-1.5, 1.5, 61);
  const auto rows = rows_of<TypeParam>(Basis::monomial, 200, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (int k = 0; k <= 200; ++k) {
      const auto exact = static_cast<double>(std::pow(static_cast<long double>(x[i]), k));
      const double found = rows[201 * i + static_cast<std::size_t>(k)];
      EXPECT_NEAR(found, exact, (k + 1) * 0x1p-53 * std::abs(exact)) << "x " << x[i] << ", degree " << k;
    }
  }
}

template <class Space, class Real>
void test_chebyshev_is_cosine(int degree) {
  std::vector<Real> x;
  for (const double angle : test::grid(0.0, pi, 101)) x.push_back(static_cast<Real>(std::cos(angle)));
  const auto rows = rows_of<Space>(Basis::chebyshev, degree, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double angle = std::acos(static_cast<long double>(x[i]));
    for (int k = 0; k <= degree; ++k) {
      const auto exact = static_cast<double>(std::cos(k * angle));
      const Real found = rows[static_cast<std::size_t>(degree + 1) * i + static_cast<std::size_t>(k)];
      // A rounding made at step j is carried to step k with a factor U_{k-j-1}(x), at most k - j: k^2 in all.
      const double bound = (1.0 + k * k) * std::numeric_limits<Real>::epsilon();
      ASSERT_NEAR(static_cast<double>(found), exact, bound) << "x " << x[i] << ", degree " << k;
    }
  }
}

TYPED_TEST(FeatureRows, OfChebyshevAreCosinesOfMultipleAngles) {
  test_chebyshev_is_cosine<TypeParam, double>(1000);
  test_chebyshev_is_cosine<TypeParam, float>(100);
}

/// Laplace's first integral, P_n(cos t) = mean over s in (0, pi) of (cos t + i sin t cos s)^n (Whittaker, Watson, A
/// Course of Modern Analysis, 15.23); the midpoint rule with more than n points is exact for this trigonometric
/// polynomial.
long double legendre_by_laplace(int degree, long double x) {
  const int n_points = degree + 2;
  const long double y = std::sqrt((1 - x) * (1 + x));
  long double sum = 0;
  for (int j = 0; j < n_points; ++j) {
    const long double s = std::numbers::pi_v<long double> * (2 * j + 1) / (2 * n_points);
    const std::complex<long double> z(x, y * std::cos(s));
    sum += std::pow(std::abs(z), degree) * std::cos(degree * std::arg(z));
  }
  return sum / n_points;
}

template <class Space, class Real>
void test_legendre_is_laplace_integral(int degree) {
  std::vector<Real> x;
  for (const double point : test::grid(-1.0, 1.0, 21)) x.push_back(static_cast<Real>(point));
  const auto rows = rows_of<Space>(Basis::legendre, degree, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (int k = 0; k <= degree; k += k < 20 ? 1 : 49) {
      const auto exact = static_cast<double>(legendre_by_laplace(k, static_cast<long double>(x[i])));
      const Real found = rows[static_cast<std::size_t>(degree + 1) * i + static_cast<std::size_t>(k)];
      const double bound = (1.0 + 4.0 * k) * std::numeric_limits<Real>::epsilon();
      ASSERT_NEAR(static_cast<double>(found), exact, bound) << "x " << x[i] << ", degree " << k;
    }
  }
}

TYPED_TEST(FeatureRows, OfLegendreAreLaplacesIntegral) {
  test_legendre_is_laplace_integral<TypeParam, double>(1000);
  test_legendre_is_laplace_integral<TypeParam, float>(100);
}

TYPED_TEST(FeatureRows, OfLegendreAreOneInSizeAtTheEndsForEveryDegree) {
  const auto rows = rows_of<TypeParam, float>(Basis::legendre, 1000, {1.0F, -1.0F});
  for (std::size_t k = 0; k <= 1000; ++k) {
    ASSERT_EQ(rows[k], 1.0F) << "degree " << k;
    ASSERT_EQ(rows[1001 + k], k % 2 == 0 ? 1.0F : -1.0F) << "degree " << k;
  }
}

TYPED_TEST(FeatureRows, OfHermiteAreTheExplicitSum) {
  // H_n(x) = n! sum over l of (-1)^l (2x)^(n-2l) / (l! (n-2l)!). Source: NIST DLMF 18.5.13.
  for (const double x : {-1.75, -0.5, 0.0, 0.25, 3.0}) {
    const auto rows = rows_of<TypeParam, double>(Basis::hermite, 30, {x});
    for (int n = 0; n <= 30; ++n) {
      long double sum = 0;
      long double size = 0;
      for (int l = 0; 2 * l <= n; ++l) {
        const long double term = std::tgamma(n + 1.0L) / (std::tgamma(l + 1.0L) * std::tgamma(n - 2 * l + 1.0L)) *
                                 std::pow(2.0L * x, n - 2 * l);
        sum += l % 2 == 0 ? term : -term;
        size += term < 0 ? -term : term;
      }
      const auto bound = static_cast<double>(4 * (n + 1) * 0x1p-53L * size);
      EXPECT_NEAR(rows[static_cast<std::size_t>(n)], static_cast<double>(sum), bound) << "x " << x << ", degree " << n;
    }
  }
}

TYPED_TEST(FeatureRows, FollowTheOrderGiven) {
  const std::vector<float> x{0.5F, -1.0F, 2.0F, 3.0F};
  const std::vector<std::int64_t> order{2, 0, 3, 1, 2};
  for (const Basis basis : all_bases) {
    const Matrix<TypeParam, float> shuffled("shuffled", order.size(), 6);
    feature_rows(TypeParam(), basis, PolynomialInputs{.count = 1}, 5, test::matrix_on<TypeParam>(x, 1),
                 test::span_of(vector_on<TypeParam>(order)), shuffled);
    const auto found = test::numbers_of(shuffled);
    const auto plain = rows_of<TypeParam>(basis, 5, x);
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t k = 0; k < 6; ++k)
        EXPECT_EQ(found[6 * i + k], plain[6 * static_cast<std::size_t>(order[i]) + k]);
    }
  }
}

TYPED_TEST(FeatureRows, ReadAColumnOfAMatrixAndRoundItFirst) {
  const auto points = test::matrix_on<TypeParam>(std::vector<double>{0.1, 7.0, 0.2, 8.0, 0.3, 9.0}, 2);
  const Matrix<TypeParam, float> rows("rows", 3, 4);
  const auto column = Kokkos::subview(points, Kokkos::ALL(), std::make_pair(0, 1));
  feature_rows(TypeParam(), Basis::legendre, PolynomialInputs{.count = 1}, 3, column,
               test::span_of(vector_on<TypeParam>(test::indices(3))), rows);
  EXPECT_EQ(test::numbers_of(rows), (rows_of<TypeParam, float>(Basis::legendre, 3, {0.1F, 0.2F, 0.3F})));
}

TYPED_TEST(FeatureRows, OfDegreeZeroAreOne) {
  for (const Basis basis : all_bases) {
    EXPECT_THAT((rows_of<TypeParam, double>(basis, 0, {-5.0, 0.0, 1e300})), ElementsAre(1.0, 1.0, 1.0));
  }
}

TYPED_TEST(FeatureRows, PassNanOn) {
  for (const Basis basis : all_bases) {
    const auto rows = rows_of<TypeParam, float>(basis, 3, {std::numeric_limits<float>::quiet_NaN()});
    EXPECT_EQ(rows[0], 1.0F);
    for (const std::size_t k : {1U, 2U, 3U}) EXPECT_TRUE(std::isnan(rows[k])) << "degree " << k;
  }
}

TYPED_TEST(FeatureRows, HaveTheSameBitsAsOnTheHost) {
  for (const Basis basis : all_bases) {
    const auto x = test::grid(-pi, pi, 3001);
    EXPECT_EQ(rows_of<TypeParam>(basis, 20, x), rows_of<Kokkos::DefaultHostExecutionSpace>(basis, 20, x));
  }
}

TYPED_TEST(FeatureRows, AcceptNoPointsAndRefuseWrongExtents) {
  for (const Basis basis : all_bases) {
    EXPECT_TRUE((rows_of<TypeParam, double>(basis, 3, {}).empty()));
  }
  const Matrix<TypeParam, double> x("x", 3, 1);
  const auto features = [&](Basis basis, int degree, std::size_t count, const Matrix<TypeParam, double>& rows) {
    feature_rows(TypeParam(), basis, PolynomialInputs{.count = 1}, degree, x,
                 test::span_of(vector_on<TypeParam>(test::indices(count))), rows);
  };
  const Matrix<TypeParam, double> rows("rows", 3, 4);
  EXPECT_NO_THROW(features(Basis::monomial, 3, 3, rows));
  EXPECT_THROW(features(Basis::monomial, 3, 3, Matrix<TypeParam, double>("rows", 2, 4)), UsageError);
  EXPECT_THROW(features(Basis::monomial, -1, 3, Matrix<TypeParam, double>("rows", 3, 0)), UsageError);
  EXPECT_THROW(features(Basis::monomial, 2, 3, rows), UsageError);
  EXPECT_THROW(features(Basis::monomial, 3, 2, rows), UsageError);
  EXPECT_THROW(features(static_cast<Basis>(9), 3, 3, rows), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
