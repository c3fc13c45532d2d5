// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/kepler.hpp>

#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace ailoop::kernels {
namespace {

using std::numbers::pi;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double nearly_one = 1.0 - 0x1p-53;

template <class Space>
class Kepler : public ::testing::Test {};
TYPED_TEST_SUITE(Kepler, test::ExecutionSpaces, test::SpaceNames);

/// Pairs (M, e), one after the other: every hard M with every hard e, then random ones.
std::vector<double> points(int n_random) {
  std::vector<double> x;
  for (const double size : {0.0,    0x1p-1074,
                            1e-310, 1e-300,
                            1e-100, 1e-40,
                            1e-20,  1e-16,
                            1e-12,  1e-9,
                            1e-6,   1e-3,
                            0.1,    0.499,
                            1.0,    1.5,
                            2.0,    3.0,
                            3.1,    std::nextafter(pi, 0.0),
                            pi,     static_cast<double>(std::numbers::pi_v<float>),
                            3.5,    4.0}) {
    for (const double e : {0.0, 1e-310, 1e-20, 1e-9, 0.01, 0.3, 0.5, 0.6, 0.9, 0.99, 0.9999, 1.0 - 1e-9, nearly_one}) {
      x.insert(x.end(), {size, e, -size, e});
    }
  }
  for (int i = 0; i < n_random; ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(5, Purpose::query, static_cast<std::uint64_t>(i));
    x.push_back(uniform<double>(random, -pi, pi));
    x.push_back(uniform<double>(random, 0.0, 1.0));
  }
  return x;
}

template <class Space>
std::vector<KeplerSolution> solve_on(const std::vector<double>& x) {
  return test::at_pairs<Space>(x, KOKKOS_LAMBDA(double mean, double e) { return solve_kepler(mean, e); });
}

/// E - sin E in extended precision, by the series where the difference would cancel.
long double angle_minus_sine_exact(long double x) {
  if (std::abs(x) > 2) {
    return x - std::sin(x);
  }
  long double term = x * x * x / 6;
  long double sum = 0;
  for (int k = 1; k < 30; ++k) {
    sum += term;
    term *= -x * x / ((2 * k + 2) * (2 * k + 3));
  }
  return sum;
}

/// How far E is from the solution, in units of 2^-53 |E|: the residual in extended precision over the slope.
long double roundings_off(double mean_anomaly, double eccentricity, double anomaly) {
  const long double e = eccentricity;
  const auto angle = static_cast<long double>(anomaly);
  const long double residual = (1 - e) * angle + e * angle_minus_sine_exact(angle) - mean_anomaly;
  const long double half_sine = std::sin(angle / 2);
  const long double error = residual / ((1 - e) + 2 * e * half_sine * half_sine);
  return std::abs(error) / (0x1p-53L * std::abs(angle));
}

TYPED_TEST(Kepler, IsTheSolutionUpToItsRoundingsForEveryEccentricity) {
  const auto x = points(100000);
  const auto found = solve_on<TypeParam>(x);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double anomaly = found[i].eccentric_anomaly;
    ASSERT_TRUE(found[i].converged) << "M " << x[2 * i] << ", e " << x[2 * i + 1];
    if (std::abs(anomaly) < 1e-300) {  // denormal: the number itself is what can be asked for
      const double linear = x[2 * i] / (1.0 - x[2 * i + 1]);
      ASSERT_NEAR(anomaly, linear, 0x1p-1074 + 4 * 0x1p-53 * std::abs(linear));
      continue;
    }
    ASSERT_LE(roundings_off(x[2 * i], x[2 * i + 1], anomaly), kepler_roundings)
        << "M " << x[2 * i] << ", e " << x[2 * i + 1] << ", E " << anomaly;
  }
}

TYPED_TEST(Kepler, SatisfiesTheEquationAsItIsWritten) {
  const auto x = points(20000);
  const auto found = solve_on<TypeParam>(x);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto anomaly = static_cast<long double>(found[i].eccentric_anomaly);
    const long double mean = anomaly - x[2 * i + 1] * std::sin(anomaly);
    ASSERT_LE(std::abs(mean - x[2 * i]), kepler_roundings * 0x1p-53L * 2 * std::abs(anomaly) + 0x1p-1074L)
        << "M " << x[2 * i] << ", e " << x[2 * i + 1];
  }
}

TYPED_TEST(Kepler, GivesThePublishedSolution) {
  // Meeus, Astronomical Algorithms, 2nd edition, 1998, chapter 30: e = 0.1, M = 5 degrees gives E = 5.554589 degrees.
  const double degree = pi / 180;
  EXPECT_NEAR(solve_on<TypeParam>({5 * degree, 0.1})[0].eccentric_anomaly, 5.554589 * degree, 1e-6 * degree);
}

TYPED_TEST(Kepler, IsOddInTheMeanAnomaly) {
  auto x = points(5000);
  const auto found = solve_on<TypeParam>(x);
  for (std::size_t i = 0; i < x.size(); i += 2) {
    x[i] = -x[i];
  }
  const auto mirrored = solve_on<TypeParam>(x);
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(mirrored[i].eccentric_anomaly, -found[i].eccentric_anomaly) << "M " << x[2 * i] << ", e " << x[2 * i + 1];
  }
}

TYPED_TEST(Kepler, IsTheMeanAnomalyItselfWithoutEccentricityAndAtTheEnds) {
  EXPECT_EQ(solve_on<TypeParam>({1.25, 0.0})[0].eccentric_anomaly, 1.25);
  EXPECT_EQ(solve_on<TypeParam>({-3.0, 0.0})[0].eccentric_anomaly, -3.0);
  EXPECT_EQ(solve_on<TypeParam>({0.0, 0.9})[0].eccentric_anomaly, 0.0);
  for (const double e : {0.1, 0.5, 0.99}) {
    EXPECT_NEAR(solve_on<TypeParam>({pi, e})[0].eccentric_anomaly, pi, kepler_roundings * 0x1p-53 * pi);
  }
}

TYPED_TEST(Kepler, FailsOutsideItsDomainAndNowhereElse) {
  const std::vector<std::pair<double, double>> outside{{1.0, 1.0},      {1.0, 1.5}, {1.0, -0.1},     {1.0, nan},
                                                       {nan, 0.5},      {nan, nan}, {infinity, 0.5}, {-infinity, 0.5},
                                                       {1.0, infinity}, {4.01, 0.5}};
  for (const auto& [mean, e] : outside) {
    const auto found = solve_on<TypeParam>({1.0, 0.5, mean, e, -1.0, 0.5});
    EXPECT_TRUE(found[0].converged && !found[1].converged && found[2].converged) << "M " << mean << ", e " << e;
    EXPECT_TRUE(std::isnan(found[1].eccentric_anomaly)) << "M " << mean << ", e " << e;
  }
}

TEST(SolveKepler, NeedsFewIterations) {
  const auto x = points(100000);
  int most = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    most = std::max(most, solve_kepler(x[i], x[i + 1]).iterations);
  }
  EXPECT_LT(most, 40);
  // where a start from M + e is good, Newton's method alone does it
  EXPECT_LE(solve_kepler(1.0, 0.3).iterations, 5);
}

TEST(SolveKepler, TriesNothingForWhatIsNotANumber) {
  EXPECT_EQ(solve_kepler(nan, 0.5).iterations, 0);
  EXPECT_EQ(solve_kepler(1.0, nan).iterations, 0);
}

TEST(SolveKepler, BisectsWhereNewtonsStepsAreSlow) {
  // E^3 / 6 is nearly all of M: Newton alone would take about 1/3 off in each step
  for (const double mean : {1e-9, 1e-12, 1e-15}) {
    const KeplerSolution solution = solve_kepler(mean, nearly_one);
    EXPECT_TRUE(solution.converged);
    EXPECT_LE(roundings_off(mean, nearly_one, solution.eccentric_anomaly), kepler_roundings);
    EXPECT_LT(solution.iterations, 30);
  }
}

TEST(AngleMinusSine, IsAccurateOnBothSidesOfItsTwoForms) {
  for (const double x : test::grid(1e-8, 5.0, 20001)) {
    const long double exact = angle_minus_sine_exact(x);
    ASSERT_LE(std::abs(angle_minus_sine(x) - exact), 6 * 0x1p-53L * exact) << x;
  }
  EXPECT_EQ(angle_minus_sine(0.0), 0.0);
}

}  // namespace
}  // namespace ailoop::kernels
