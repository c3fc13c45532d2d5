// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/taylor_sine.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;
using test::Vector;
using test::vector_on;
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Space>
class TaylorSine : public ::testing::Test {};
TYPED_TEST_SUITE(TaylorSine, test::ExecutionSpaces, test::SpaceNames);

/// Points that are hard in some way, then random ones in [-2 pi, 2 pi).
std::vector<double> points(int n) {
  std::vector<double> x{0.0,  -0.0,  pi,    -pi,    pi / 2, -pi / 2,   2 * pi, 2.973, 2.9997, 1.0,
                        1e-3, -1e-8, 1e-30, 1e-160, 1e-310, 0x1p-1074, 3.0,    -3.14, 0.5,    6.0};
  for (int i = static_cast<int>(x.size()); i < n; ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(3, Purpose::query, static_cast<std::uint64_t>(i));
    x.push_back(uniform<double>(random, -2.0 * pi, 2.0 * pi));
  }
  return x;
}

long double exact_term(double x, int k) {
  const long double size = std::pow(std::abs(static_cast<long double>(x)), 2 * k + 1) / std::tgamma(2.0L * k + 2.0L);
  return (x < 0) == (k % 2 == 0) ? -size : size;
}

template <class Space>
std::vector<double> sum_on(int n_terms, const std::vector<double>& x) {
  const Vector<Space, double> y("y", x.size());
  taylor_sine(Space(), n_terms, vector_on<Space>(x), y);
  return test::numbers_of(y);
}

template <class Space>
std::vector<double> term_on(int k, const std::vector<double>& x) {
  const Vector<Space, double> y("y", x.size());
  taylor_sine_term(Space(), k, vector_on<Space>(x), y);
  return test::numbers_of(y);
}

template <class Space>
std::vector<double> error_on(int n_terms, const std::vector<double>& x) {
  const Vector<Space, double> e("e", x.size());
  taylor_sine_error(Space(), n_terms, vector_on<Space>(x), e);
  return test::numbers_of(e);
}

TYPED_TEST(TaylorSine, TermsAreWithinTheirRoundingBoundOfTheClosedForm) {
  const auto x = test::grid(-7.0, 7.0, 201);
  for (const int k : {0, 1, 2, 3, 4, 8, 16, 31, 63}) {
    const auto terms = term_on<TypeParam>(k, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double exact = exact_term(x[i], k);
      // 1e-16 is room for the reference itself.
      const double bound = (rounding_gamma(4 * k) + 1e-16) * static_cast<double>(std::abs(exact));
      EXPECT_LE(std::abs(static_cast<double>(terms[i] - exact)), bound) << "k " << k << ", x " << x[i];
    }
  }
}

TYPED_TEST(TaylorSine, TermsOfWholeNumbersAreTheKnownFractions) {
  EXPECT_DOUBLE_EQ(term_on<TypeParam>(1, {2.0})[0], -8.0 / 6.0);
  EXPECT_DOUBLE_EQ(term_on<TypeParam>(2, {2.0})[0], 32.0 / 120.0);
  EXPECT_DOUBLE_EQ(term_on<TypeParam>(3, {-3.0})[0], 2187.0 / 5040.0);
}

TYPED_TEST(TaylorSine, TermsStayFiniteUntilTheyAreTooLargeThemselves) {
  EXPECT_TRUE(std::isfinite(term_on<TypeParam>(63, {300.0})[0]));
  EXPECT_EQ(term_on<TypeParam>(63, {1e6})[0], -infinity);
  EXPECT_EQ(term_on<TypeParam>(2, {1e200})[0], infinity);
  EXPECT_EQ(term_on<TypeParam>(63, {0.0})[0], 0.0);
  EXPECT_EQ(term_on<TypeParam>(63, {1e-300})[0], 0.0);
  EXPECT_TRUE(std::isnan(term_on<TypeParam>(3, {std::numeric_limits<double>::quiet_NaN()})[0]));
}

template <class Space>
void test_error_bound(int n_terms) {
  const auto x = points(100000);
  const auto y = sum_on<Space>(n_terms, x);
  const auto e = error_on<Space>(n_terms, x);
  const Vector<Space, double> truth_view("truth", x.size());
  sine(Space(), vector_on<Space>(x), truth_view);
  const auto truth = test::numbers_of(truth_view);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(std::abs(static_cast<long double>(y[i]) - std::sin(static_cast<long double>(x[i]))), e[i])
        << "x " << x[i];
    ASSERT_LE(std::abs(static_cast<long double>(y[i]) - truth[i]), e[i]) << "x " << x[i];
  }
}

TYPED_TEST(TaylorSine, ErrorStaysBelowTheBoundForOneTerm) { test_error_bound<TypeParam>(1); }
TYPED_TEST(TaylorSine, ErrorStaysBelowTheBoundForFourTerms) { test_error_bound<TypeParam>(4); }
TYPED_TEST(TaylorSine, ErrorStaysBelowTheBoundWhereRoundingTakesOver) {
  for (const int n_terms : {8, 10, 11, 12, 13, 14, 20}) test_error_bound<TypeParam>(n_terms);
}
TYPED_TEST(TaylorSine, ErrorStaysBelowTheBoundForAllTerms) { test_error_bound<TypeParam>(max_taylor_terms); }

TYPED_TEST(TaylorSine, BoundIsTightWhereTruncationDominates) {
  std::vector<double> x;
  for (const double size : test::grid(1.0, pi, 500)) x.insert(x.end(), {size, -size});
  const auto y = sum_on<TypeParam>(4, x);
  const auto e = error_on<TypeParam>(4, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // The series alternates, so its error is at least the first term left out less the second: x^2 / 110 of it.
    EXPECT_LE(e[i], 1.0001 * std::abs(y[i] - std::sin(x[i])) / (1.0 - x[i] * x[i] / 110.0)) << "x " << x[i];
  }
}

TYPED_TEST(TaylorSine, BoundIsTightWhereRoundingDominates) {
  for (const double e : error_on<TypeParam>(20, test::grid(-pi, pi, 1001))) EXPECT_LE(e, 1.4e-13);
  for (const double x : {1e-3, 1e-8, 1e-100}) EXPECT_LE(error_on<TypeParam>(20, {x})[0], 1.2e-14 * x);
}

TYPED_TEST(TaylorSine, BoundPassesTheToleranceOfTheOriginalWorkflowAt2973) {
  const auto e = error_on<TypeParam>(4, {2.9725, 2.9735});
  EXPECT_LT(e[0], 0.05);
  EXPECT_GT(e[1], 0.05);
  const auto y = sum_on<TypeParam>(4, {2.9996, 2.9998});
  EXPECT_LT(std::abs(y[0] - std::sin(2.9996)), 0.05);
  EXPECT_GT(std::abs(y[1] - std::sin(2.9998)), 0.05);
}

TYPED_TEST(TaylorSine, BoundOfWhatIsNotFiniteIsNotFinite) {
  const auto e = error_on<TypeParam>(4, {infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), 1e200});
  EXPECT_EQ(e[0], infinity);
  EXPECT_EQ(e[1], infinity);
  EXPECT_TRUE(std::isnan(e[2]));
  EXPECT_EQ(e[3], infinity);
}

TYPED_TEST(TaylorSine, SumOfSharesInAscendingOrderHasTheBitsOfTheSeries) {
  const auto x = points(2000);
  for (const int n_terms : {1, 2, 4, 13, 64}) {
    std::vector<double> added(x.size(), 0.0);
    for (int k = 0; k < n_terms; ++k) {
      const auto terms = term_on<TypeParam>(k, x);
      for (std::size_t i = 0; i < x.size(); ++i) added[i] += terms[i];
    }
    EXPECT_EQ(added, sum_on<TypeParam>(n_terms, x)) << n_terms << " terms";
  }
}

TYPED_TEST(TaylorSine, HasTheSameBitsAsOnTheHost) {
  const auto x = points(20000);
  EXPECT_EQ(sum_on<TypeParam>(13, x), sum_on<Kokkos::DefaultHostExecutionSpace>(13, x));
  EXPECT_EQ(error_on<TypeParam>(13, x), error_on<Kokkos::DefaultHostExecutionSpace>(13, x));
}

TYPED_TEST(TaylorSine, RoundsToFloatOnlyAtTheEnd) {
  const std::vector<float> x{0.1F, -1.5F, 3.0F};
  const Vector<TypeParam, float> y("y", 3);
  taylor_sine(TypeParam(), 4, vector_on<TypeParam>(x), y);
  const auto found = test::numbers_of(y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(found[i], static_cast<float>(taylor_sine_sum(static_cast<double>(x[i]), 4)));
  }
}

TYPED_TEST(TaylorSine, HasTheBitsOfOnePointInEveryBatch) {
  const auto all = points(30'001);
  for (const std::size_t n : {1U, 127U, 128U, 129U, 29'999U, 30'000U, 30'001U}) {
    const std::vector<double> x(all.end() - static_cast<std::ptrdiff_t>(n), all.end());
    std::vector<double> sums;
    std::vector<double> terms;
    std::vector<double> errors;
    for (const double angle : x) {
      sums.push_back(taylor_sine_sum(angle, 5));
      terms.push_back(taylor_sine_term(angle, 3));
      errors.push_back(taylor_sine_bound(angle, 4));
    }
    EXPECT_EQ(sum_on<TypeParam>(5, x), sums) << n << " points";
    EXPECT_EQ(term_on<TypeParam>(3, x), terms) << n << " points";
    EXPECT_EQ(error_on<TypeParam>(4, x), errors) << n << " points";
  }
}

/// The number, its sign included; all NaN are one.
std::uint64_t bits_of(double y) { return std::isnan(y) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(y); }

template <class Space>
void test_bits_of_one_point(const std::vector<double>& x) {
  for (int n_terms = 1; n_terms <= max_taylor_terms; ++n_terms) {
    const auto sums = sum_on<Space>(n_terms, x);
    const auto terms = term_on<Space>(n_terms - 1, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(bits_of(sums[i]), bits_of(taylor_sine_sum(x[i], n_terms))) << n_terms << " terms, x " << x[i];
      ASSERT_EQ(bits_of(terms[i]), bits_of(taylor_sine_term(x[i], n_terms - 1)))
          << "term " << n_terms - 1 << ", x " << x[i];
    }
  }
}

TYPED_TEST(TaylorSine, HasTheBitsOfOnePointForAnglesOfEverySize) {
  std::vector<double> x = points(3000);
  std::erase(x, 0.0);
  test_bits_of_one_point<TypeParam>(x);
  for (const int exponent : {-440, -60, -5, 3, 55}) {
    std::vector<double> scaled;
    for (const double angle : x) scaled.push_back(std::ldexp(angle, exponent));
    test_bits_of_one_point<TypeParam>(scaled);
  }
}

TYPED_TEST(TaylorSine, HasTheBitsOfOnePointBesideExtremeAngles) {
  for (const double extreme : {0.0, -0.0, 0x1p-1074, 0x1.8p-537, 0x1p-451, 0x1.7p-450, 0x1p61, 0x1p62, -0x1p100,
                               0x1p511, 0x1p1000, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<double> x = points(300);
    x[200] = extreme;
    x[290] = extreme;
    test_bits_of_one_point<TypeParam>(x);
  }
}

TYPED_TEST(TaylorSine, TakesAndGivesColumnsOfAMatrix) {
  const auto x = points(300);
  const test::Matrix<TypeParam, double> table = test::matrix_on<TypeParam>(x, 3);
  const test::Matrix<TypeParam, double> out("out", 100, 2);
  taylor_sine_term(TypeParam(), 2, Kokkos::subview(table, Kokkos::ALL(), 1), Kokkos::subview(out, Kokkos::ALL(), 1));
  const auto found = test::numbers_of(out);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(found[2 * i], 0.0);
    EXPECT_EQ(found[2 * i + 1], taylor_sine_term(x[3 * i + 1], 2));
  }
}

template <class Space>
void test_both_at_once(int n_terms, const std::vector<double>& x) {
  const Vector<Space, double> y("y", x.size());
  const Vector<Space, double> e("e", x.size());
  taylor_sine_with_error(Space(), n_terms, vector_on<Space>(x), y, e);
  const auto sums = test::numbers_of(y);
  const auto bounds = test::numbers_of(e);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(bits_of(sums[i]), bits_of(taylor_sine_sum(x[i], n_terms))) << n_terms << " terms, x " << x[i];
    ASSERT_EQ(bits_of(bounds[i]), bits_of(taylor_sine_bound(x[i], n_terms))) << n_terms << " terms, x " << x[i];
  }
}

TYPED_TEST(TaylorSine, SumAndBoundAtOnceHaveTheBitsOfEachAlone) {
  for (int n_terms = 1; n_terms <= max_taylor_terms; ++n_terms) test_both_at_once<TypeParam>(n_terms, points(300));
  for (const int n : {0, 1, 3, 4, 29'999, 30'001}) test_both_at_once<TypeParam>(6, points(n));
}

TYPED_TEST(TaylorSine, SumAndBoundAtOnceGoToColumnsOfAMatrix) {
  const auto x = points(300);
  const test::Matrix<TypeParam, double> out("out", 300, 3);
  taylor_sine_with_error(TypeParam(), 4, vector_on<TypeParam>(x), Kokkos::subview(out, Kokkos::ALL(), 0),
                         Kokkos::subview(out, Kokkos::ALL(), 2));
  const auto found = test::numbers_of(out);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(bits_of(found[3 * i]), bits_of(taylor_sine_sum(x[i], 4)));
    EXPECT_EQ(found[3 * i + 1], 0.0);
    EXPECT_EQ(bits_of(found[3 * i + 2]), bits_of(taylor_sine_bound(x[i], 4)));
  }
}

TYPED_TEST(TaylorSine, AcceptsNoPoints) {
  EXPECT_TRUE(sum_on<TypeParam>(4, {}).empty());
  EXPECT_TRUE(term_on<TypeParam>(3, {}).empty());
  EXPECT_TRUE(error_on<TypeParam>(4, {}).empty());
}

TYPED_TEST(TaylorSine, RefusesTermsOutOfRangeAndUnequalLengths) {
  const TypeParam space;
  const Vector<TypeParam, double> x("x", 3);
  const Vector<TypeParam, double> y("y", 2);
  EXPECT_THROW(taylor_sine(space, 4, x, y), UsageError);
  EXPECT_THROW(taylor_sine_term(space, 0, x, y), UsageError);
  EXPECT_THROW(taylor_sine_error(space, 4, x, y), UsageError);
  EXPECT_THROW(taylor_sine_with_error(space, 4, x, x, y), UsageError);
  EXPECT_THROW(taylor_sine_with_error(space, 4, x, y, x), UsageError);
  EXPECT_THROW(taylor_sine_term(space, -1, x, x), UsageError);
  EXPECT_THROW(taylor_sine_term(space, 64, x, x), UsageError);
  for (const int n_terms : {0, 65}) {
    EXPECT_THROW(taylor_sine(space, n_terms, x, x), UsageError);
    EXPECT_THROW(taylor_sine_error(space, n_terms, x, x), UsageError);
    EXPECT_THROW(taylor_sine_with_error(space, n_terms, x, x, x), UsageError);
  }
}

}  // namespace
}  // namespace ailoop::kernels
