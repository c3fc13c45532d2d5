// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/kepler_series.hpp>

#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Space>
class KeplerSeries : public ::testing::Test {};
TYPED_TEST_SUITE(KeplerSeries, test::ExecutionSpaces, test::SpaceNames);

/// Pairs (M, e), one after the other: a dense grid over [-pi, pi] x [0, largest e], corners included.
std::vector<double> grid(double largest_eccentricity, int n) {
  std::vector<double> x;
  for (const double mean : test::grid(-pi, pi, 4 * n)) {
    for (const double e : test::grid(0.0, largest_eccentricity, n)) {
      x.insert(x.end(), {mean, e});
    }
  }
  for (const double mean : {0.0, -0.0, 0x1p-1074, 1e-200, 1e-9, -1e-3, std::nextafter(pi, 0.0)}) {
    for (const double e : {0.0, 1e-310, 1e-9, largest_eccentricity}) {
      x.insert(x.end(), {mean, e});
    }
  }
  return x;
}

template <class Space>
std::vector<double> sum_on(int n_terms, const std::vector<double>& x) {
  return test::at_pairs<Space>(
      x, KOKKOS_LAMBDA(double mean, double e) {
        double sum = kepler_series_term(mean, e, 0);
        for (int k = 1; k < n_terms; ++k) sum += kepler_series_term(mean, e, k);
        return sum;
      });
}

template <class Space>
std::vector<double> term_on(int k, const std::vector<double>& x) {
  return test::at_pairs<Space>(x, KOKKOS_LAMBDA(double mean, double e) { return kepler_series_term(mean, e, k); });
}

template <class Space>
std::vector<double> error_on(int n_terms, const std::vector<double>& x) {
  return test::at_pairs<Space>(
      x, KOKKOS_LAMBDA(double mean, double e) { return kepler_series_bound(mean, e, n_terms); });
}

/// The truth as the problem computes it.
template <class Space>
std::vector<double> truth_on(const std::vector<double>& x) {
  return test::at_pairs<Space>(
      x, KOKKOS_LAMBDA(double mean, double e) { return solve_kepler(mean, e).eccentric_anomaly; });
}

/// The solution of Kepler's equation in extended precision.
long double exact_solution(long double mean, long double e) {
  long double lower = mean - e;
  long double upper = mean + e;
  for (int i = 0; i < 70; ++i) {
    const long double middle = (lower + upper) / 2;
    (middle - e * std::sin(middle) > mean ? upper : lower) = middle;
  }
  return (lower + upper) / 2;
}

template <class Space>
void test_bound(int n_terms, double largest_eccentricity) {
  const auto x = grid(largest_eccentricity, 40);
  const auto y = sum_on<Space>(n_terms, x);
  const auto bound = error_on<Space>(n_terms, x);
  const auto truth = truth_on<Space>(x);
  for (std::size_t i = 0; i < y.size(); ++i) {
    ASSERT_LE(std::abs(static_cast<long double>(y[i]) - truth[i]), bound[i])
        << n_terms << " terms, M " << x[2 * i] << ", e " << x[2 * i + 1];
    ASSERT_LE(std::abs(y[i] - exact_solution(x[2 * i], x[2 * i + 1])), bound[i] + 1e-18L)
        << n_terms << " terms, M " << x[2 * i] << ", e " << x[2 * i + 1];
  }
}

TYPED_TEST(KeplerSeries, ErrorStaysBelowTheBoundForFewTerms) {
  for (const int n_terms : {1, 2, 3, 5, 8}) test_bound<TypeParam>(n_terms, 0.6);
}
TYPED_TEST(KeplerSeries, ErrorStaysBelowTheBoundWhereRoundingTakesOver) {
  for (const int n_terms : {16, 32, max_kepler_terms}) test_bound<TypeParam>(n_terms, 0.3);
}
TYPED_TEST(KeplerSeries, ErrorStaysBelowTheBoundForEccentricitiesNearOne) {
  for (const int n_terms : {1, 8, max_kepler_terms}) {
    test_bound<TypeParam>(n_terms, 0.99);
    test_bound<TypeParam>(n_terms, 1.0 - 0x1p-53);
  }
}

TYPED_TEST(KeplerSeries, BoundIsTightWhereTruncationDominates) {
  for (const double e : {0.2, 0.5, 0.7}) {
    for (const int n_terms : {1, 4, 8}) {
      std::vector<double> x;
      for (const double mean : test::grid(0.0, pi, 2001)) x.insert(x.end(), {mean, e});
      const auto y = sum_on<TypeParam>(n_terms, x);
      const auto truth = truth_on<TypeParam>(x);
      double largest_error = 0.0;
      for (std::size_t i = 0; i < y.size(); ++i) largest_error = std::max(largest_error, std::abs(y[i] - truth[i]));
      const double largest_bound = std::ranges::max(error_on<TypeParam>(n_terms, x));
      EXPECT_LT(largest_bound, 5 * largest_error) << n_terms << " terms, e " << e;
    }
  }
}

TYPED_TEST(KeplerSeries, BoundIsTightWhereRoundingDominates) {
  // 40 roundings of a sum whose terms are at most pi + 0.6 in size make 1.7e-14
  for (const double bound : error_on<TypeParam>(40, grid(0.3, 40))) EXPECT_LE(bound, 3e-14);
  // proportional to M near 0, and to its distance from pi where truncation dominates
  for (const double mean : {1e-6, 1e-100}) EXPECT_LE(error_on<TypeParam>(40, {mean, 0.3})[0], 3e-14 * mean + 1e-307);
  EXPECT_LE(error_on<TypeParam>(4, {pi - 1e-6, 0.5})[0], 2e-7);
}

TYPED_TEST(KeplerSeries, BoundIsFiniteInTheDomainAndInfiniteOutside) {
  for (const int n_terms : {1, 8, max_kepler_terms}) {
    for (const double bound : error_on<TypeParam>(n_terms, grid(1.0 - 0x1p-53, 30))) {
      EXPECT_TRUE(std::isfinite(bound));
      EXPECT_GT(bound, 0.0);
    }
    const auto outside = error_on<TypeParam>(n_terms, {1.0, 1.0, 1.0, -0.1, 4.1, 0.5, infinity, 0.5, 1.0, infinity});
    EXPECT_THAT(outside, ::testing::Each(infinity));
    for (const double bound : error_on<TypeParam>(n_terms, {nan, 0.5, 1.0, nan, nan, nan})) {
      EXPECT_TRUE(std::isnan(bound));
    }
  }
}

TYPED_TEST(KeplerSeries, SumOfSharesInAscendingOrderHasTheBitsOfTheSeries) {
  const auto x = grid(0.9, 15);
  for (const int n_terms : {1, 2, 8, max_kepler_terms}) {
    std::vector<double> added(x.size() / 2, 0.0);
    for (int k = 0; k < n_terms; ++k) {
      const auto terms = term_on<TypeParam>(k, x);
      for (std::size_t i = 0; i < added.size(); ++i) added[i] += terms[i];
    }
    EXPECT_EQ(added, sum_on<TypeParam>(n_terms, x)) << n_terms << " terms";
  }
}

TYPED_TEST(KeplerSeries, IsOddInTheMeanAnomaly) {
  auto x = grid(0.8, 15);
  const auto found = sum_on<TypeParam>(9, x);
  for (std::size_t i = 0; i < x.size(); i += 2) x[i] = -x[i];
  const auto mirrored = sum_on<TypeParam>(9, x);
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(mirrored[i], -found[i]);
}

TYPED_TEST(KeplerSeries, HasTheSameBitsAsOnTheHost) {
  const auto x = grid(0.6, 30);
  EXPECT_EQ(sum_on<TypeParam>(9, x), sum_on<Kokkos::DefaultHostExecutionSpace>(9, x));
  EXPECT_EQ(error_on<TypeParam>(9, x), error_on<Kokkos::DefaultHostExecutionSpace>(9, x));
}

/// J_n(z) by Bessel's integral, the mean of cos(n t - z sin t) over t in (0, pi) (NIST DLMF 10.9.2); the midpoint rule
/// with m points leaves out no more than 2 J_(2m-n)(z) and smaller ones.
long double bessel_by_integral(int n, long double z) {
  constexpr int n_points = 160;
  long double sum = 0;
  for (int j = 0; j < n_points; ++j) {
    const long double t = std::numbers::pi_v<long double> * (2 * j + 1) / (2 * n_points);
    sum += std::cos(n * t - z * std::sin(t));
  }
  return sum / n_points;
}

TEST(BesselJ, IsBesselsIntegralWithinItsRoundingBound) {
  for (int n = 1; n <= max_kepler_terms; ++n) {
    for (const double e : {0.0, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0}) {
      const double z = n * e;
      const BesselSum sum = bessel_j(n, z);
      const long double exact = bessel_by_integral(n, z);
      // 1e-17: room for the reference itself
      EXPECT_LE(std::abs(sum.value - exact), bessel_rounding(n, sum.terms) * sum.absolute + 1e-17L)
          << "n " << n << ", z " << z;
      EXPECT_LT(sum.terms, 90) << "n " << n << ", z " << z;
    }
  }
}

TEST(BesselJ, OfSmallArgumentsIsItsFirstTerm) {
  EXPECT_EQ(bessel_j(1, 0x1p-40).value, 0x1p-41);
  EXPECT_EQ(bessel_j(3, 0x1p-40).value, 0x1p-123 / 6.0);
  EXPECT_EQ(bessel_j(64, 1e-30).value, 0.0) << "underflow";
  EXPECT_EQ(bessel_j(5, 0.0).value, 0.0);
}

TEST(BesselJ, EndsForWhatIsNotFiniteOrTooLarge) {
  EXPECT_TRUE(std::isnan(bessel_j(3, nan).value));
  EXPECT_LE(bessel_j(3, infinity).terms, max_bessel_terms);
  EXPECT_LE(bessel_j(3, 1e10).terms, max_bessel_terms);
}

TEST(KeplerSeriesTail, BoundsEachCoefficientByTheSharperKapteynInequality) {
  // J_n(n e) <= J_n(n) q^n and J_n(n) < 0.4474 n^(-1/3), on which the bound rests
  for (int n = 1; n <= 100; ++n) {
    const long double at_one = bessel_by_integral(n, n);
    EXPECT_LT(at_one, 0.4474L / std::cbrt(static_cast<long double>(n)));
    for (const long double e : {0.1L, 0.3L, 0.5L, 0.7L, 0.9L, 0.99L}) {
      const long double s = std::sqrt(1 - e * e);
      const long double q = e * std::exp(s) / (1 + s);
      EXPECT_LE(bessel_by_integral(n, n * e), at_one * std::pow(q, n) + 1e-17L) << "n " << n << ", e " << e;
    }
  }
}

}  // namespace
}  // namespace ailoop::kernels
