// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/stagnation.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

namespace ailoop {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Retrainings until nothing more is expected of them; `at(k)` is the loss or the excess after the k-th.
template <class Loss, class Error>
int retrainings_until_stagnation(const Loss& loss, const Error& error, int most = 1000) {
  Stagnation stagnation;
  for (int k = 1; k <= most; ++k) {
    stagnation.add(loss(k), error(k), 1);
    if (stagnation.is_reached()) {
      return k;
    }
  }
  return most + 1;
}

double constant(int /*k*/) { return 1.0; }

TEST(Stagnation, IsReachedWhereNeitherLossNorExcessFalls) {
  EXPECT_EQ(retrainings_until_stagnation(constant, constant), Stagnation::patience + 1);
  const auto noise = [](int k) { return 1.0 + 0.3 * std::sin(k * k); };
  EXPECT_LT(retrainings_until_stagnation(noise, noise), 3 * Stagnation::patience) << "noise has no trend";
  EXPECT_EQ(retrainings_until_stagnation([](int) { return nan; }, [](int) { return nan; }), Stagnation::patience);
}

TEST(Stagnation, IsNotReachedWhileEitherFalls) {
  const auto falls = [](int k) { return std::pow(0.999, k); };  // a hundredth in ten retrainings
  EXPECT_GT(retrainings_until_stagnation(constant, falls), 1000);
  EXPECT_GT(retrainings_until_stagnation(falls, constant), 1000);
  const auto seldom = [](int k) { return std::pow(0.9, k / (Stagnation::patience - 1)); };
  EXPECT_GT(retrainings_until_stagnation(constant, seldom), 1000);
  const auto too_slowly = [](int k) { return std::pow(0.99999, k); };
  EXPECT_LT(retrainings_until_stagnation(constant, too_slowly), 2 * Stagnation::patience);
}

TEST(Stagnation, BeginsAnewWithOtherQueries) {
  Stagnation stagnation;
  for (int k = 0; k < 100; ++k) {
    stagnation.add(1.0, 1.0, 1);
  }
  stagnation.forget();
  EXPECT_FALSE(stagnation.is_reached());
}

TEST(Stagnation, IsNotReachedWhileQueriesAreAnswered) {
  Stagnation stagnation;
  stagnation.add(1.0, 0.01, 5);
  for (int k = 1; k < Stagnation::patience; ++k) {
    stagnation.add(1.0, 0.01, 5);
  }
  stagnation.add(1.0, 0.5, 4);  // the one that was nearly right has its answer
  EXPECT_FALSE(stagnation.is_reached());
  for (int k = 0; k < Stagnation::patience; ++k) {
    stagnation.add(1.0, 0.5, 4);
  }
  EXPECT_TRUE(stagnation.is_reached());
}

TEST(Stagnation, LeastErrorIsOfThoseThatATrainingMayHelp) {
  EXPECT_DOUBLE_EQ(least_error(std::vector<Excess>{{0.3, 0.05}, {0.1, 0.05}, {nan, 0.05}}), 0.15);
  EXPECT_DOUBLE_EQ(least_error(std::vector<Excess>{{0.3, 0.01}, {0.2, 0.5}}), 0.31) << "each with its tolerance";
  EXPECT_EQ(least_error(std::vector<Excess>{{nan, 0.05}, {0.0, 0.05}}), infinity)
      << "0 is a prediction that is not finite";
}

double excess(const std::vector<double>& s, const std::vector<double>& target, const std::vector<double>& bound) {
  return excess_of(Tolerance{{0.25}}, s, target, bound).beyond;
}

TEST(Excess, IsHowFarThePredictionMustMove) {
  const std::vector<double> s = {1.0, 5.0};
  EXPECT_DOUBLE_EQ(excess(s, {1.5, 4.0}, {}), 0.75);
  EXPECT_DOUBLE_EQ(excess(s, {1.5, 4.0}, {0.0, 0.7}), 0.25) << "the other component";
  EXPECT_DOUBLE_EQ(excess(s, {1.0, 5.0}, {}), 0.0);
  EXPECT_DOUBLE_EQ(excess({nan}, {1.0}, {}), 0.0) << "a training may mend that";
  EXPECT_TRUE(std::isnan(excess(s, {nan, 5.0}, {}))) << "no training mends that";
  EXPECT_TRUE(std::isnan(excess(s, {0.0, infinity}, {})));
  const Excess relative = excess_of(Tolerance{{0.25, 0.0}, 0.5}, s, std::vector{1.0, 2.0}, {});
  EXPECT_DOUBLE_EQ(relative.beyond, 2.0);
  EXPECT_DOUBLE_EQ(relative.allowed, 1.0);
}

/// Reaches as far as x says.
class FarReaching final : public Trainer {
 public:
  TrainingReport fit(const SharedSamples& /*samples*/) override { return {}; }
  void state(Archive& /*archive*/) override {}
  [[nodiscard]] std::string_view state_prefix() const override { return "far"; }
  void reach(ConstArray x, std::span<const double> /*off*/, std::span<double> reach) const override {
    std::copy_n(x.data, x.rows, reach.begin());
  }
};

bool is_stagnation_at(const std::vector<double>& reach, const std::vector<double>& excesses,
                      OnStagnation mode = OnStagnation::set_aside) {
  const ConstArray x{reach.data(), static_cast<std::int64_t>(reach.size()), 1};
  std::vector<Excess> with_tolerance;
  std::ranges::transform(excesses, std::back_inserter(with_tolerance),
                         [](double beyond) { return Excess{beyond, 0.05}; });
  return is_stagnation(mode, {}, FarReaching(), x, with_tolerance);
}

TEST(Stagnation, NeedsEveryQueryBeyondReach) {
  EXPECT_TRUE(is_stagnation_at({1.0, 2.0}, {1.1, 2.1}));
  EXPECT_FALSE(is_stagnation_at({1.0, 2.0}, {1.1, 1.9}));
  EXPECT_FALSE(is_stagnation_at({infinity}, {1e300}));
  EXPECT_TRUE(is_stagnation_at({infinity, 1.0}, {nan, 2.0})) << "a query that no movement helps is beyond any reach";
  std::vector<double> many(3000, 1.0);
  EXPECT_TRUE(is_stagnation_at(many, std::vector<double>(3000, 2.0)));
  many.back() = 3.0;
  EXPECT_FALSE(is_stagnation_at(many, std::vector<double>(3000, 2.0)));
}

TEST(Stagnation, ModeContinueStopsOnlyWhereNoMovementHelps) {
  EXPECT_FALSE(is_stagnation_at({1.0}, {2.0}, OnStagnation::go_on));
  EXPECT_FALSE(is_stagnation_at({1.0, 1.0}, {2.0, nan}, OnStagnation::go_on));
  EXPECT_TRUE(is_stagnation_at({1.0, 1.0}, {nan, nan}, OnStagnation::go_on));
}

}  // namespace
}  // namespace ailoop
