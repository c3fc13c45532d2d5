// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/check_bound.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/problem/make_problem.hpp>
#include <ailoop/problem/sine_problem.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

/// x, approximated by two shares whose sum is too large by x^2, with a bound of `scale` x^2.
struct Parabola {
  double scale = 1.0;
  double lower = 0.0;

  [[nodiscard]] Facts facts() const { return {.lower = {lower}, .upper = {1.0}, .shares = 2}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t share, double x) const {
    return share == 0 ? x : x * x;
  }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(double x) const { return scale * x * x + 1e-15; }
};

TEST(CheckBound, AcceptsABoundThatHoldsAtEveryPoint) {
  const BoundCheck check = check_bound(*make_problem(Parabola{}), 10'000, 1);
  EXPECT_TRUE(check.holds());
  EXPECT_EQ(check.points, 10'000);
  EXPECT_GT(check.worst_ratio, 0.99);
  EXPECT_LE(check.worst_ratio, 1.0);
  EXPECT_THAT(to_string(check), HasSubstr("the bound holds"));
}

TEST(CheckBound, FindsWhereABoundIsTooSmall) {
  const BoundCheck check = check_bound(*make_problem(Parabola{.scale = 0.9}), 10'000, 1);
  EXPECT_FALSE(check.holds());
  EXPECT_NEAR(check.worst_ratio, 1.0 / 0.9, 1e-3);
  ASSERT_EQ(check.worst_x.size(), 1U);
  EXPECT_THAT(to_string(check), HasSubstr("the bound fails at"));
}

TEST(CheckBound, LooksAtTheCornersFirst) {
  EXPECT_EQ(check_bound(*make_problem(Parabola{.lower = -2.0}), 1, 1).worst_x, std::vector<double>{-2.0});
  const BoundCheck both = check_bound(*make_problem(Parabola{.scale = 0.9}), 2, 1);
  EXPECT_EQ(both.worst_x, std::vector<double>{std::nextafter(1.0, 0.0)});
}

/// Bounds that are none, and a truth that fails, by input.
struct Broken {
  double bound = 0.0;
  double error = 0.0;
  double failing_below = 0.0;

  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const {
    return x < failing_below ? std::numeric_limits<double>::quiet_NaN() : x;
  }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x + error; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(double /*x*/) const { return bound; }
};

TEST(CheckBound, DrawsTheSamePointsForTheSameSeed) {
  const auto problem = make_problem(Broken{.bound = 1.0, .failing_below = 0.5});
  EXPECT_EQ(check_bound(*problem, 5000, 7).failed, check_bound(*problem, 5000, 7).failed);
  EXPECT_NE(check_bound(*problem, 5000, 7).failed, check_bound(*problem, 5000, 8).failed);
}

TEST(CheckBound, FindsABoundThatIsNotANumberOfAtLeastZero) {
  for (const double bound : {std::nan(""), -1.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(check_bound(*make_problem(Broken{.bound = bound}), 100, 1).beyond, 100) << bound;
  }
  EXPECT_EQ(check_bound(*make_problem(Broken{.bound = 1.0, .error = std::nan("")}), 100, 1).beyond, 100);
  EXPECT_EQ(check_bound(*make_problem(Broken{.bound = 0.0, .error = 1e-3}), 100, 1).beyond, 100);
  EXPECT_TRUE(check_bound(*make_problem(Broken{.bound = 0.0}), 100, 1).holds());
}

TEST(CheckBound, FindsAnErrorThatPassesTheBoundByOneBit) {
  const double error = std::ldexp(1.0, -20);
  EXPECT_TRUE(check_bound(*make_problem(Broken{.bound = error, .error = error}), 1, 1).holds());
  EXPECT_EQ(check_bound(*make_problem(Broken{.bound = std::nextafter(error, 0.0), .error = error}), 1, 1).beyond, 1);
}

TEST(CheckBound, LeavesOutPointsWhereTheTruthFails) {
  const BoundCheck check = check_bound(*make_problem(Broken{.bound = 1.0, .failing_below = 0.5}), 1000, 1);
  EXPECT_TRUE(check.holds());
  EXPECT_GT(check.failed, 400);
  EXPECT_LT(check.failed, 600);
  EXPECT_THAT(to_string(check), HasSubstr("the truth failed at"));
}

TEST(CheckBound, HoldsForTheSine) {
  for (const std::int64_t terms : {1, 4, 20}) {
    EXPECT_TRUE(check_bound(SineProblem({.terms = terms}), 20'000, 3).holds()) << terms;
  }
}

struct Unbounded {
  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};

TEST(CheckBound, RefusesAProblemWithoutABoundAndFewerThanOnePoint) {
  EXPECT_THROW((void)check_bound(*make_problem(Unbounded{}), 10, 1), UsageError);
  EXPECT_THROW((void)check_bound(*make_problem(Parabola{}), 0, 1), UsageError);
}

}  // namespace
}  // namespace ailoop
