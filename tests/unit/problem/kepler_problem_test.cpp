// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/kepler_problem.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace ailoop {
namespace {

using std::numbers::pi;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Pairs (M, e), one after the other, over the whole domain, its ends included.
std::vector<double> grid(double eccentricity_max, int n) {
  std::vector<double> x;
  for (int i = 0; i <= 2 * n; ++i) {
    for (int j = 0; j <= n; ++j) {
      x.insert(x.end(), {pi * (static_cast<double>(i) / n - 1.0), eccentricity_max * j / n});
    }
  }
  return x;
}

ConstArray points(const std::vector<double>& x) { return {x.data(), static_cast<std::int64_t>(x.size() / 2), 2}; }
Array column(std::vector<double>& values) { return {values.data(), static_cast<std::int64_t>(values.size()), 1}; }

struct Truth {
  std::vector<double> y;
  std::vector<PointStatus> statuses;
};

Truth truth_of(const Problem& problem, Execution execution, const std::vector<double>& x) {
  Truth truth{std::vector<double>(x.size() / 2), std::vector<PointStatus>(x.size() / 2, PointStatus::valid)};
  problem.truth({execution, 0}, points(x), column(truth.y), {truth.statuses.data(), points(x).rows});
  return truth;
}

template <class Space>
class KeplerProblemOn : public ::testing::Test {};
TYPED_TEST_SUITE(KeplerProblemOn, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(KeplerProblemOn, TruthSolvesKeplersEquation) {
  const KeplerProblem problem({.eccentricity_max = 0.9, .terms = 4});
  const std::vector<double> x = grid(0.9, 60);
  const Truth truth = truth_of(problem, execution_of<TypeParam>, x);
  EXPECT_THAT(truth.statuses, ::testing::Each(PointStatus::valid));
  for (std::size_t i = 0; i < truth.y.size(); ++i) {
    EXPECT_NEAR(truth.y[i] - x[2 * i + 1] * std::sin(truth.y[i]), x[2 * i], 2e-15);
  }
}

TYPED_TEST(KeplerProblemOn, TruthFailsWhereThereIsNoSolutionAndOnlyThere) {
  const KeplerProblem problem({});
  const Truth truth = truth_of(problem, execution_of<TypeParam>, {1.0, 0.4, 1.0, 1.5, nan, 0.4, 1.0, 0.4});
  EXPECT_THAT(truth.statuses,
              ::testing::ElementsAre(PointStatus::valid, PointStatus::failed, PointStatus::failed, PointStatus::valid));
  EXPECT_EQ(truth.y[0], truth.y[3]);
  EXPECT_TRUE(std::isnan(truth.y[1]));
  EXPECT_TRUE(std::isnan(truth.y[2]));
}

TYPED_TEST(KeplerProblemOn, SharesAddUpToTheTruthWithinTheBound) {
  const Execution execution = execution_of<TypeParam>;
  const std::vector<double> x = grid(0.6, 40);
  for (const std::int64_t terms : {1, 2, 4, 8, 30, 64}) {
    const KeplerProblem problem({.eccentricity_max = 0.6, .terms = terms});
    std::vector<double> sum(x.size() / 2);
    std::vector<double> share(x.size() / 2);
    for (std::int64_t k = 0; k < problem.facts().shares; ++k) {
      problem.approximation(execution, k, points(x), column(share));
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += share[i];
      }
    }
    std::vector<double> bound(x.size() / 2);
    problem.approximation_error(execution, points(x), column(bound));
    const Truth truth = truth_of(problem, execution, x);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      ASSERT_LE(std::abs(sum[i] - truth.y[i]), bound[i]) << terms << " terms at " << x[2 * i] << ", " << x[2 * i + 1];
    }
  }
}

TYPED_TEST(KeplerProblemOn, BoundOfTheDefaultsIsWellBelowTheToleranceOfTheConfiguration) {
  const KeplerProblem problem({});
  const std::vector<double> x = grid(problem.facts().upper[1], 100);
  std::vector<double> bound(x.size() / 2);
  problem.approximation_error(execution_of<TypeParam>, points(x), column(bound));
  EXPECT_LT(std::ranges::max(bound), 0.0024);
}

TEST(KeplerProblem, FailsATruthThatIsCheckedWithThePoint) {
  const KeplerProblem problem({});
  const std::vector<double> x = {1.0, 0.4, 2.0, 1.5};
  std::vector<double> y(2);
  std::vector<PointStatus> statuses(2);
  const Execution execution = Execution::host_threads;
  const auto checked = [&](OnFailure on_failure) {
    return compute_truth(problem, {execution, 7}, Precision::float64, on_failure, points(x), column(y),
                         {statuses.data(), 2});
  };
  EXPECT_EQ(checked(OnFailure::skip), 1);
  EXPECT_THAT(statuses, ::testing::ElementsAre(PointStatus::valid, PointStatus::failed));
  try {
    checked(OnFailure::stop);
    FAIL() << "the truth of the second point must not be taken";
  } catch (const NumericalError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("sample 8 at x = [2, 1.5] failed"));
  }
}

TEST(KeplerProblem, FactsAreThoseOfTheSettings) {
  const KeplerProblem problem({.eccentricity_max = 0.25, .terms = 7});
  EXPECT_EQ(problem.facts().shares, 7);
  EXPECT_EQ(problem.facts().dimension, 2);
  EXPECT_EQ(problem.facts().outputs, 1);
  EXPECT_TRUE(problem.facts().has_bound);
  EXPECT_TRUE(problem.facts().free_reference);
  EXPECT_EQ(problem.facts().lower, (std::vector<double>{-pi, 0.0}));
  EXPECT_EQ(problem.facts().upper, (std::vector<double>{pi, 0.25}));
}

TEST(KeplerProblem, RefusesAShareThatDoesNotExist) {
  const KeplerProblem problem({.eccentricity_max = 0.5, .terms = 4});
  const std::vector<double> x = {1.0, 0.2};
  std::vector<double> y(1);
  EXPECT_THROW(problem.approximation(Execution::host_threads, 4, points(x), column(y)), UsageError);
  EXPECT_THROW(problem.approximation(Execution::host_threads, -1, points(x), column(y)), UsageError);
}

TEST(KeplerProblem, RefusesPointsOfAnotherDimension) {
  const KeplerProblem problem({});
  const std::vector<double> x = {1.0, 2.0};
  std::vector<double> y(2);
  EXPECT_THROW(problem.approximation(Execution::host_threads, 0, {x.data(), 2, 1}, column(y)), UsageError);
  EXPECT_THROW(problem.approximation_error(Execution::host_threads, {x.data(), 1, 2}, {y.data(), 1, 2}), UsageError);
}

}  // namespace
}  // namespace ailoop
