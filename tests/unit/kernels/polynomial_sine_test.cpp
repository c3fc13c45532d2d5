// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/polynomial_sine.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;
using test::Vector;
using test::vector_on;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Space>
class PolynomialSine : public ::testing::Test {};
TYPED_TEST_SUITE(PolynomialSine, test::ExecutionSpaces, test::SpaceNames);

/// polynomial_sine where it is defined, computed on Space.
template <class Space>
std::vector<double> polynomial_sine_on(const std::vector<double>& x) {
  const auto x_view = vector_on<Space>(x);
  const Vector<Space, double> y("y", x.size());
  Kokkos::parallel_for(
      "ailoop::test::polynomial_sine", range(Space(), length(y)),
      KOKKOS_LAMBDA(const std::int64_t i) { y(i) = polynomial_sine(x_view(i)); });
  return test::numbers_of(y);
}

/// x and its `steps` neighbours on either side.
void add_neighbourhood(std::vector<double>& points, double x, int steps) {
  double up = x;
  double down = x;
  points.push_back(x);
  for (int i = 0; i < steps; ++i) {
    up = std::nextafter(up, infinity);
    down = std::nextafter(down, -infinity);
    points.insert(points.end(), {up, down});
  }
}

/// A dense grid of the whole domain, random points, all binades and the surroundings of what is special.
std::vector<double> hard_points() {
  std::vector<double> x = test::grid(-polynomial_sine_limit, polynomial_sine_limit, 400001);
  for (std::uint64_t i = 0; i < 400000; ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(5, Purpose::query, i);
    x.push_back(uniform<double>(random, -polynomial_sine_limit, polynomial_sine_limit));
  }
  for (const double multiple : {-1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0}) {
    add_neighbourhood(x, multiple * pi, 2000);
    for (int exponent = -60; exponent < -1; ++exponent) {
      add_neighbourhood(x, multiple * pi + std::ldexp(1.0, exponent), 2);
      add_neighbourhood(x, multiple * pi - std::ldexp(1.0, exponent), 2);
    }
  }
  for (int exponent = -1070; exponent < 2; ++exponent) {
    add_neighbourhood(x, std::ldexp(1.0, exponent), 20);
    add_neighbourhood(x, -std::ldexp(1.2345, exponent), 20);
  }
  return x;
}

/// Far more precise than a double: sinl reduces x with as many digits of pi as that takes.
long double exact_sine(double x) { return std::sin(static_cast<long double>(x)); }

TYPED_TEST(PolynomialSine, RelativeErrorStaysBelowItsRoundings) {
  const auto x = hard_points();
  const auto y = polynomial_sine_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = exact_sine(x[i]);
    const long double bound = polynomial_sine_roundings * 0x1p-53L * std::abs(exact);
    ASSERT_LE(std::abs(y[i] - exact), bound) << "x " << x[i];
  }
}

TYPED_TEST(PolynomialSine, IsWithinTwoUnitsInTheLastPlace) {
  const auto x = hard_points();
  const auto y = polynomial_sine_on<TypeParam>(x);
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = exact_sine(x[i]);
    const auto size = static_cast<double>(std::abs(exact));
    const double unit = size < 1.0 ? std::nextafter(size, infinity) - size : 0x1p-53;
    const auto error = static_cast<double>(std::abs(y[i] - exact)) / unit;
    largest = error > largest ? error : largest;
    ASSERT_LE(error, 2.0) << "x " << x[i];
  }
  this->RecordProperty("largest_error_in_units_in_the_last_place", std::to_string(largest));
}

TYPED_TEST(PolynomialSine, NeverLeavesTheInterval) {
  std::vector<double> x;
  for (const double peak : {-pi / 2, pi / 2}) {
    add_neighbourhood(x, peak, 100000);
    const auto around = test::grid(peak - 1e-6, peak + 1e-6, 200001);
    x.insert(x.end(), around.begin(), around.end());
  }
  for (const double y : polynomial_sine_on<TypeParam>(x)) ASSERT_LE(std::abs(y), 1.0);
}

TYPED_TEST(PolynomialSine, IsOddToTheLastBit) {
  const auto x = hard_points();
  std::vector<double> mirrored;
  mirrored.reserve(x.size());
  for (const double point : x) mirrored.push_back(-point);
  const auto y = polynomial_sine_on<TypeParam>(x);
  const auto y_mirrored = polynomial_sine_on<TypeParam>(mirrored);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y_mirrored[i], -y[i]) << "x " << x[i];
}

TYPED_TEST(PolynomialSine, KeepsZerosTinyNumbersAndNaN) {
  const auto y = polynomial_sine_on<TypeParam>({0.0, -0.0, 0x1p-1074, -1e-310, 1e-20, nan});
  EXPECT_EQ(y[0], 0.0);
  EXPECT_FALSE(std::signbit(y[0]));
  EXPECT_EQ(y[1], 0.0);
  EXPECT_TRUE(std::signbit(y[1]));
  EXPECT_EQ(y[2], 0x1p-1074);
  EXPECT_EQ(y[3], -1e-310);
  EXPECT_EQ(y[4], 1e-20);
  EXPECT_TRUE(std::isnan(y[5]));
}

TYPED_TEST(PolynomialSine, HasTheSameBitsAsOneThreadOfTheHost) {
  const auto x = hard_points();
  const auto y = polynomial_sine_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], polynomial_sine(x[i])) << "x " << x[i];
}

template <class Space>
class Sine : public ::testing::Test {};
TYPED_TEST_SUITE(Sine, test::ExecutionSpaces, test::SpaceNames);

template <class Space>
std::vector<double> sine_on(const std::vector<double>& x) {
  const Vector<Space, double> y("y", x.size());
  sine(Space(), vector_on<Space>(x), y);
  return test::numbers_of(y);
}

TYPED_TEST(Sine, IsThePolynomialUpToItsLimit) {
  const auto x = hard_points();
  const auto y = sine_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], polynomial_sine(x[i])) << "x " << x[i];
}

TYPED_TEST(Sine, ErrorStaysBelowItsBoundBeyondTheLimitToo) {
  std::vector<double> x = test::grid(-50.0, 50.0, 100001);
  for (int exponent = 3; exponent < 1024; ++exponent) x.push_back(std::ldexp(1.2345, exponent));
  add_neighbourhood(x, polynomial_sine_limit, 100);
  add_neighbourhood(x, -polynomial_sine_limit, 100);
  const auto y = sine_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = exact_sine(x[i]);
    ASSERT_LE(std::abs(y[i] - exact), sine_epsilons * 0x1p-52L * std::abs(exact)) << "x " << x[i];
    ASSERT_LE(std::abs(y[i]), 1.0) << "x " << x[i];
  }
}

TYPED_TEST(Sine, HasTheBitsOfOnePointWhateverIsBesideIt) {
  auto x = test::grid(-3.9, 3.9, 5001);
  x[2500] = 50.0;  // one in a block of which all others are inside
  const auto y = sine_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i == 2500) {
      EXPECT_NEAR(y[i], std::sin(50.0), 1e-15);
    } else {
      ASSERT_EQ(y[i], polynomial_sine(x[i])) << "x " << x[i];
    }
  }
}

TYPED_TEST(Sine, OfWhatIsNotFiniteIsNaN) {
  for (const double y : sine_on<TypeParam>({infinity, -infinity, nan})) EXPECT_TRUE(std::isnan(y));
}

TYPED_TEST(Sine, ComputesFloatsInDoubleAndRoundsAtTheEnd) {
  const std::vector<float> x{0.5F, -2.0F, 3.0F, static_cast<float>(pi)};
  const Vector<TypeParam, double> wide("wide", x.size());
  const Vector<TypeParam, float> narrow("narrow", x.size());
  sine(TypeParam(), vector_on<TypeParam>(x), wide);
  sine(TypeParam(), vector_on<TypeParam>(x), narrow);
  const auto found = test::numbers_of(wide);
  const auto rounded = test::numbers_of(narrow);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(found[i], polynomial_sine(static_cast<double>(x[i])));
    EXPECT_EQ(rounded[i], static_cast<float>(found[i]));
  }
}

TYPED_TEST(Sine, AcceptsNoPointsAndRefusesUnequalLengths) {
  const Vector<TypeParam, double> none("none", 0);
  const Vector<TypeParam, double> one("one", 1);
  EXPECT_NO_THROW(sine(TypeParam(), none, none));
  EXPECT_THROW(sine(TypeParam(), none, one), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
