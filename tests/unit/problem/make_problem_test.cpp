// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/make_problem.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/test/execution_spaces.hpp>
#include <ailoop/test/kernel_log.hpp>

#include "point_problems.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace ailoop {
namespace {

using test::Geometric;
using test::Mean;
using test::Polar;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

ConstArray rows(const std::vector<double>& values, std::int64_t cols) {
  return {values.data(), static_cast<std::int64_t>(values.size()) / cols, cols};
}
Array rows(std::vector<double>& values, std::int64_t cols) {
  return {values.data(), static_cast<std::int64_t>(values.size()) / cols, cols};
}
Statuses all(std::vector<PointStatus>& statuses) {
  return {statuses.data(), static_cast<std::int64_t>(statuses.size())};
}

std::vector<double> ramp(std::size_t count) {
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = static_cast<double>(i) / static_cast<double>(count);
  }
  return x;
}

template <class Space>
class MakeProblem : public ::testing::Test {
 protected:
  Execution m_execution = execution_of<Space>;
};
TYPED_TEST_SUITE(MakeProblem, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(MakeProblem, CallsTheFunctionsOfOneNumberAtEveryPoint) {
  const Geometric geometric;
  const auto problem = make_problem(geometric);
  const std::vector<double> x = ramp(1001);
  std::vector<double> y(x.size());
  problem->truth({this->m_execution, 0}, rows(x, 1), rows(y, 1), {});
  std::vector<double> share(x.size());
  problem->approximation(this->m_execution, 2, rows(x, 1), rows(share, 1));
  std::vector<double> bound(x.size());
  problem->approximation_error(this->m_execution, rows(x, 1), rows(bound, 1));
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(y[i], geometric.truth(x[i]));
    EXPECT_EQ(share[i], x[i] * x[i]);
    EXPECT_EQ(bound[i], geometric.approximation_error(x[i]));
  }
}

TYPED_TEST(MakeProblem, CallsTheFunctionsOfSeveralInputsAndOutputs) {
  const auto problem = make_problem(Polar{});
  const std::vector<double> x = {3.0, 4.0, 0.0, -2.0};
  std::vector<double> y(4);
  std::vector<PointStatus> statuses(2);
  problem->truth({this->m_execution, 0}, rows(x, 2), rows(y, 2), all(statuses));
  EXPECT_EQ(y, (std::vector<double>{5.0, std::atan2(4.0, 3.0), 2.0, std::atan2(-2.0, 0.0)}));
  problem->approximation(this->m_execution, 0, rows(x, 2), rows(y, 2));
  EXPECT_EQ(y, x);
}

TYPED_TEST(MakeProblem, CallsTheFunctionsOfSeveralInputsAndOneOutput) {
  const auto problem = make_problem(Mean{});
  const std::vector<double> x = {1.0, 2.0, 6.0, 0.0, 0.5, 1.0};
  std::vector<double> y(2);
  problem->truth({this->m_execution, 0}, rows(x, 3), rows(y, 1), {});
  EXPECT_EQ(y, (std::vector<double>{3.0, 0.5}));
  problem->approximation_error(this->m_execution, rows(x, 3), rows(y, 1));
  EXPECT_EQ(y, (std::vector<double>{5.0, 1.0}));
}

TYPED_TEST(MakeProblem, MarksOnlyThePointsThatFailed) {
  const auto problem = make_problem(Polar{});
  const std::vector<double> x = {1.0, 0.0, 0.0, 0.0, 0.0, 1.0};
  std::vector<double> y(6);
  std::vector<PointStatus> statuses(3, PointStatus::valid);
  problem->truth({this->m_execution, 0}, rows(x, 2), rows(y, 2), all(statuses));
  EXPECT_EQ(statuses, (std::vector{PointStatus::valid, PointStatus::failed, PointStatus::valid}));
}

TYPED_TEST(MakeProblem, GivesTheSameBitsWhetherThePointsAreHandedOutEvenlyOrOneByOne) {
  const std::vector<double> x = ramp(3001);
  std::vector<double> even(x.size());
  std::vector<double> uneven(x.size());
  make_problem(Geometric{.is_free = true})->truth({this->m_execution, 0}, rows(x, 1), rows(even, 1), {});
  make_problem(Geometric{.is_free = false})->truth({this->m_execution, 0}, rows(x, 1), rows(uneven, 1), {});
  EXPECT_EQ(even, uneven);
}

TYPED_TEST(MakeProblem, LabelsItsKernelsAndRunsThemOnTheInstanceThatItIsGiven) {
  const auto problem = make_problem(Geometric{});
  const std::vector<double> x = ramp(10);
  std::vector<double> y(x.size());
  const test::KernelLog log;
  problem->truth({this->m_execution, 0}, rows(x, 1), rows(y, 1), {});
  problem->approximation(this->m_execution, 0, rows(x, 1), rows(y, 1));
  problem->approximation_error(this->m_execution, rows(x, 1), rows(y, 1));
  std::vector<std::string> labels;
  for (const auto& kernel : log.kernels()) {
    labels.push_back(kernel.label);
  }
  EXPECT_EQ(labels, (std::vector<std::string>{"ailoop::make_problem::truth", "ailoop::make_problem::approximation",
                                              "ailoop::make_problem::approximation_error"}));
  EXPECT_THAT(log.kernels(), Each(Field("device_id", &test::KernelEvent::device_id, test::device_id(TypeParam()))));
}

TYPED_TEST(MakeProblem, TakesAnEmptyBatch) {
  const auto problem = make_problem(Polar{});
  EXPECT_NO_THROW(problem->truth({this->m_execution, 0}, {nullptr, 0, 2}, {nullptr, 0, 2}, {}));
  EXPECT_NO_THROW(problem->approximation(this->m_execution, 0, {nullptr, 0, 2}, {nullptr, 0, 2}));
}

TEST(MakeProblemFacts, HasABoundWhereTheStructHasOne) {
  EXPECT_TRUE(make_problem(Geometric{})->facts().has_bound);
  EXPECT_TRUE(make_problem(Mean{})->facts().has_bound);
  EXPECT_FALSE(make_problem(Polar{})->facts().has_bound);
  std::vector<double> x(2);
  EXPECT_THROW(make_problem(Polar{})->approximation_error(Execution::host_threads, rows(x, 2), rows(x, 2)), UsageError);
}

/// Says that there is a bound, which is not so.
struct Boastful {
  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}, .has_bound = true}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};

/// Facts that do not go with the forms of the functions.
template <std::int64_t Dimension, std::int64_t Outputs>
struct Misshaped : Boastful {
  [[nodiscard]] static Facts facts() {
    return {.dimension = Dimension,
            .outputs = Outputs,
            .lower = std::vector<double>(Dimension, 0.0),
            .upper = std::vector<double>(Dimension, 1.0)};
  }
};

TEST(MakeProblemFacts, MustGoWithTheFunctions) {
  EXPECT_THAT([] { return make_problem(Boastful{}); }, ThrowsMessage<UsageError>(HasSubstr("has_bound is true")));
  EXPECT_THAT([] { return make_problem(Misshaped<2, 1>{}); },
              ThrowsMessage<UsageError>(HasSubstr("truth takes one number, but facts().dimension is 2")));
  EXPECT_THAT([] { return make_problem(Misshaped<1, 2>{}); },
              ThrowsMessage<UsageError>(HasSubstr("truth returns one number, but facts().outputs is 2")));
  EXPECT_THAT([] { return make_problem(Geometric{.terms = 0}); },
              ThrowsMessage<UsageError>(HasSubstr("shares is 0, but there is an approximation")));
}

/// A truth alone.
struct Bare {
  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
};

TEST(MakeProblemFacts, NeedNoApproximation) {
  const auto problem = make_problem(Bare{});
  EXPECT_EQ(problem->facts().shares, 0);
  EXPECT_FALSE(problem->facts().has_bound);
  double x = 0.5;
  EXPECT_THROW(problem->approximation(Execution::calling_thread, 0, {&x, 1, 1}, {&x, 1, 1}), UsageError);
}

TEST(MakeProblemCalls, RefuseBatchesOfAnotherShapeAndSharesThatDoNotExist) {
  const auto problem = make_problem(Polar{});
  std::vector<double> four(4);
  std::vector<double> two(2);
  std::vector<PointStatus> statuses(2);
  EXPECT_THROW(problem->truth({Execution::host_threads, 0}, rows(four, 1), rows(four, 2), all(statuses)), UsageError);
  EXPECT_THROW(problem->truth({Execution::host_threads, 0}, rows(four, 2), rows(two, 2), all(statuses)), UsageError);
  EXPECT_THROW(problem->truth({Execution::host_threads, 0}, rows(four, 2), rows(four, 2), {}), UsageError);
  EXPECT_THROW(problem->approximation(Execution::host_threads, 1, rows(four, 2), rows(four, 2)), UsageError);
  EXPECT_THROW(problem->approximation(Execution::host_threads, -1, rows(four, 2), rows(four, 2)), UsageError);
}

TEST(MakeProblemCalls, NanOfATruthThatReturnsANumberCountsAsFailed) {
  const auto problem = make_problem(Geometric{});
  const std::vector<double> x = {0.0, std::numeric_limits<double>::quiet_NaN(), 1.0};
  std::vector<double> y(3);
  std::vector<PointStatus> statuses(3);
  EXPECT_EQ(compute_truth(*problem, {Execution::host_threads, 0}, Precision::float64, OnFailure::skip, rows(x, 1),
                          rows(y, 1), all(statuses)),
            2);
  EXPECT_EQ(statuses, (std::vector{PointStatus::valid, PointStatus::failed, PointStatus::failed}));
}

/// A truth that takes so long at 0 that `others` further points are computed in the meantime; it gives up after a
/// while.
struct SlowAtZero {
  int others = 0;
  Kokkos::View<int, Kokkos::HostSpace> computed{"computed"};

  [[nodiscard]] static Facts facts() { return {.lower = {0.0}, .upper = {1.0}}; }
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const {
    if (x > 0.0) {
      return Kokkos::atomic_fetch_add(&computed(), 1);
    }
    for (int patience = 1'000'000; patience > 0; --patience) {
      if (Kokkos::atomic_fetch_add(&computed(), 0) >= others) {
        return 0.0;
      }
      std::this_thread::yield();
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};

TEST(MakeProblemCalls, OnePointThatTakesLongHoldsUpNoOther) {
  const Execution execution = Execution::host_threads;
  const std::vector<double> x = ramp(101);
  const SlowAtZero slow{.others = concurrency(execution) > 1 ? 100 : 0};
  std::vector<double> y(x.size());
  make_problem(slow)->truth({execution, 0}, rows(x, 1), rows(y, 1), {});
  EXPECT_EQ(y[0], 0.0);
  EXPECT_EQ(slow.computed(), 100);
}

struct WithoutFacts {
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) const { return x; }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t /*share*/, double x) const { return x; }
};
struct SingleTruth : Boastful {
  [[nodiscard]] KOKKOS_FUNCTION float truth(float x) const { return x; }
};
struct ApproximationThatFails : Boastful {
  KOKKOS_FUNCTION PointStatus approximation(std::int64_t /*share*/, const double* /*x*/, double* /*y*/) const {
    return PointStatus::failed;
  }
};
struct TruthThatChangesItself : Boastful {
  [[nodiscard]] KOKKOS_FUNCTION double truth(double x) { return x; }
};

TEST(ProblemLikeStructs, AreToldFromOthersByTheCompiler) {
  static_assert(ProblemLike<Geometric> && ProblemLike<Polar> && ProblemLike<Mean> && ProblemLike<Boastful>);
  static_assert(!ProblemLike<WithoutFacts> && !ProblemLike<SingleTruth>);
  static_assert(!ProblemLike<ApproximationThatFails> && !ProblemLike<TruthThatChangesItself>);
  static_assert(HasErrorBound<Geometric> && !HasErrorBound<Polar>);
  static_assert(HasDescription<Geometric> && !HasDescription<Polar>);
}

}  // namespace
}  // namespace ailoop
