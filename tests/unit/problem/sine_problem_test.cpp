// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/sine_problem.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace ailoop {
namespace {

/// Points over the whole domain, its ends included.
std::vector<double> grid(std::size_t count) {
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = -std::numbers::pi + 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count - 1);
  }
  return x;
}

ConstArray column(const std::vector<double>& values) {
  return {values.data(), static_cast<std::int64_t>(values.size()), 1};
}
Array column(std::vector<double>& values) { return {values.data(), static_cast<std::int64_t>(values.size()), 1}; }

std::vector<double> sum_of_shares(const Problem& problem, Execution execution, const std::vector<double>& x) {
  std::vector<double> sum(x.size());
  std::vector<double> share(x.size());
  for (std::int64_t k = 0; k < problem.facts().shares; ++k) {
    problem.approximation(execution, k, column(x), column(share));
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum[i] += share[i];
    }
  }
  return sum;
}

template <class Space>
class SineProblemOn : public ::testing::Test {};
TYPED_TEST_SUITE(SineProblemOn, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(SineProblemOn, TruthIsTheSine) {
  const SineProblem problem({.terms = 4});
  const std::vector<double> x = grid(1001);
  std::vector<double> y(x.size());
  const Execution execution = execution_of<TypeParam>;
  std::vector<PointStatus> statuses(y.size());
  problem.truth({execution, 0}, column(x), column(y), {statuses.data(), column(y).rows});
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(y[i], std::sin(x[i]), 4e-16);
  }
}

TYPED_TEST(SineProblemOn, SharesAddUpToTheTruthWithinTheBound) {
  const Execution execution = execution_of<TypeParam>;
  const std::vector<double> x = grid(2001);
  for (const std::int64_t terms : {1, 2, 4, 9, 20, 64}) {
    const SineProblem problem({.terms = terms});
    const std::vector<double> sum = sum_of_shares(problem, execution, x);
    std::vector<double> bound(x.size());
    problem.approximation_error(execution, column(x), column(bound));
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_LE(std::abs(sum[i] - std::sin(x[i])), bound[i]) << terms << " terms at " << x[i];
    }
    std::vector<double> sum_of_both(x.size());
    std::vector<double> bound_of_both(x.size());
    problem.bounded_approximation(execution, column(x), column(sum_of_both), column(bound_of_both));
    EXPECT_EQ(sum_of_both, sum);
    EXPECT_EQ(bound_of_both, bound);
  }
}

TYPED_TEST(SineProblemOn, BoundOfFourTermsPassesTheToleranceNearThree) {
  // |x|^9 / 9! = 0.05 at |x| = 2.973
  const SineProblem problem({.terms = 4});
  const std::vector<double> x = {2.97, 2.976};
  std::vector<double> bound(2);
  problem.approximation_error(execution_of<TypeParam>, column(x), column(bound));
  EXPECT_LT(bound[0], 0.05);
  EXPECT_GT(bound[1], 0.05);
}

TEST(SineProblem, FactsAreThoseOfTheSettings) {
  const SineProblem problem({.terms = 7});
  EXPECT_EQ(problem.facts().shares, 7);
  EXPECT_EQ(problem.facts().dimension, 1);
  EXPECT_EQ(problem.facts().outputs, 1);
  EXPECT_TRUE(problem.facts().has_bound);
  EXPECT_TRUE(problem.facts().thread_safe);
  EXPECT_TRUE(problem.facts().free_reference);
  EXPECT_EQ(problem.facts().lower, std::vector<double>{-std::numbers::pi});
  EXPECT_EQ(problem.facts().upper, std::vector<double>{std::numbers::pi});
}

TEST(SineProblem, RefusesAShareThatDoesNotExist) {
  const SineProblem problem({.terms = 4});
  const std::vector<double> x = {1.0};
  std::vector<double> y(1);
  EXPECT_THROW(problem.approximation(Execution::host_threads, 4, column(x), column(y)), UsageError);
  EXPECT_THROW(problem.approximation(Execution::host_threads, -1, column(x), column(y)), UsageError);
}

TEST(SineProblem, RefusesPointsOfAnotherDimension) {
  const SineProblem problem({.terms = 4});
  const std::vector<double> x = {1.0, 2.0};
  std::vector<double> y(1);
  EXPECT_THROW(problem.truth({Execution::host_threads, 0}, {x.data(), 1, 2}, column(y), {}), UsageError);
}

}  // namespace
}  // namespace ailoop
