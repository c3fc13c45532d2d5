#include <ailoop/emulator/gate.hpp>

#include <ailoop/core/error.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ailoop {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Judgement judge(const std::vector<double>& s, const std::vector<double>& a, double tolerance) {
  return judge_difference(s, a, tolerance);
}

TEST(GateDifference, AcceptsExactlyUpToTheTolerance) {
  EXPECT_EQ(judge({0.25}, {0.0}, 0.25).verdict, Verdict::accepted);
  EXPECT_EQ(judge({std::nextafter(0.25, 1.0)}, {0.0}, 0.25).verdict, Verdict::rejected);
  EXPECT_EQ(judge({-0.25}, {0.0}, 0.25).verdict, Verdict::accepted);
  EXPECT_EQ(judge({1.0}, {1.0}, 1e-300).verdict, Verdict::accepted);
}

TEST(GateDifference, LargestComponentDecides) {
  const Judgement judgement = judge({0.0, 3.0, 1.0}, {0.5, 1.0, 1.0}, 1.0);
  EXPECT_EQ(judgement.verdict, Verdict::rejected);
  EXPECT_EQ(judgement.error, 2.0);
}

TEST(GateDifference, NeverAcceptsWhatIsNotFinite) {
  for (const double bad : {nan, infinity, -infinity}) {
    for (const double other : {0.0, nan, infinity, -infinity}) {
      EXPECT_EQ(judge({bad}, {other}, 1e300).verdict, Verdict::rejected) << bad << " and " << other;
      EXPECT_EQ(judge({other}, {bad}, 1e300).verdict, Verdict::rejected) << other << " and " << bad;
      EXPECT_EQ(judge({0.0, bad, 0.0}, {0.0, other, 0.0}, 1e300).verdict, Verdict::rejected);
    }
  }
}

TEST(GateDifference, ErrorStaysNanAfterALargerComponent) {
  EXPECT_TRUE(std::isnan(judge({nan, 5.0}, {0.0, 0.0}, 1.0).error));
  EXPECT_TRUE(std::isnan(judge({5.0, nan}, {0.0, 0.0}, 1.0).error));
}

Verdict certify(double s, double a, double e, double tolerance) {
  return judge_certified(std::vector{s}, std::vector{a}, std::vector{e}, tolerance).verdict;
}

TEST(GateCertified, AcceptsAndRejectsOnlyWhatTheBoundProves) {
  EXPECT_EQ(certify(1.0, 1.125, 0.125, 0.5), Verdict::accepted);
  EXPECT_EQ(certify(1.0, 1.5, 0.125, 0.5), Verdict::inconclusive);
  EXPECT_EQ(certify(1.0, 2.0, 0.125, 0.5), Verdict::rejected);
  EXPECT_EQ(certify(1.0, 1.0, 0.75, 0.5), Verdict::inconclusive) << "a bound beyond the tolerance proves nothing";
}

// For every truth that the bound allows: an accepted answer is right, a rejected one wrong, whatever rounds. The exact
// sums are compared in long double, which holds them: all numbers here have few bits and similar sizes.
TEST(GateCertified, VerdictsHoldAtTheVeryEdge) {
  const double tolerance = 0.05;
  int accepted = 0;
  int rejected = 0;
  for (double a : {0.0, 0.3, -0.7, 1e-3, 1.0 / 3.0}) {
    for (double e : {0.0, 1e-17, 1e-9, 0.01, 0.049999999999999996, 0.05, 0.2}) {
      for (const double edge : {tolerance - e, tolerance + e}) {
        for (const double sign : {-1.0, 1.0}) {
          double s = a + sign * edge;
          for (int step = 0; step < 6; ++step) {
            s = std::nextafter(s, -infinity);
          }
          for (int step = 0; step < 13; ++step, s = std::nextafter(s, infinity)) {
            const long double difference = std::abs(static_cast<long double>(s) - static_cast<long double>(a));
            const Verdict verdict = certify(s, a, e, tolerance);
            if (verdict == Verdict::accepted) {
              EXPECT_LE(difference + static_cast<long double>(e), static_cast<long double>(tolerance)) << s << ' ' << a;
              ++accepted;
            } else if (verdict == Verdict::rejected) {
              EXPECT_GT(difference - static_cast<long double>(e), static_cast<long double>(tolerance)) << s << ' ' << a;
              ++rejected;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(rejected, 100);
}

TEST(GateCertified, WhatIsNotANumberProvesNothing) {
  for (const double bad : {nan, infinity, -infinity}) {
    EXPECT_EQ(certify(bad, 0.0, 0.0, 1.0), Verdict::rejected) << "no answer at all";
    EXPECT_EQ(certify(0.0, bad, 0.0, 1e300), Verdict::inconclusive);
    EXPECT_NE(certify(0.0, 0.0, bad, 1e300), Verdict::accepted);
    EXPECT_NE(certify(0.0, 1e301, bad, 1.0), Verdict::rejected);
  }
  EXPECT_EQ(certify(0.0, 0.0, -1.0, 0.5), Verdict::inconclusive) << "a negative bound is none";
}

TEST(GateCertified, OneComponentRejectsAndOneLeavesOpen) {
  const std::vector<double> s = {0.0, 0.0, 0.0};
  const std::vector<double> e = {0.1, 0.1, 0.1};
  EXPECT_EQ(judge_certified(s, std::vector{0.0, 0.45, 0.0}, e, 0.5).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge_certified(s, std::vector{0.0, 0.45, 2.0}, e, 0.5).verdict, Verdict::rejected);
  EXPECT_EQ(judge_certified(s, std::vector{2.0, 0.45, 0.0}, e, 0.5).verdict, Verdict::rejected);
  EXPECT_EQ(judge_certified(s, std::vector{0.0, 0.25, 0.0}, e, 0.5).verdict, Verdict::accepted);
}

TEST(GateTruth, IsWithinUpToTheTolerance) {
  EXPECT_TRUE(is_within(std::vector{1.0, 2.0}, std::vector{1.25, 2.0}, 0.25));
  EXPECT_FALSE(is_within(std::vector{1.0, 2.0}, std::vector{1.0, std::nextafter(2.25, 3.0)}, 0.25));
  EXPECT_FALSE(is_within(std::vector{nan}, std::vector{1.0}, 1e300));
}

TEST(GateDifference, RefusesDifferentNumbersOfComponents) {
  EXPECT_THROW(static_cast<void>(judge({1.0, 2.0}, {1.0}, 1.0)), UsageError);
}

TEST(Gate, JudgesABatchAsItJudgesEachQuery) {
  const std::vector<double> some = {0.0, -0.0, 0.25, -1.0, 1e300, nan, infinity, -infinity};
  std::vector<double> s;
  std::vector<double> a;
  std::vector<double> e;
  for (const double x : some) {
    for (const double y : some) {
      s.push_back(x);
      a.push_back(y);
      e.push_back(s.size() % 3 == 0 ? nan : 0.125);
    }
  }
  const auto numbers = static_cast<std::int64_t>(s.size());
  for (const std::int64_t outputs : {1, 2}) {
    const std::int64_t n = numbers / outputs;
    const auto array = [&](const std::vector<double>& values) { return ConstArray{values.data(), n, outputs}; };
    std::vector<Judgement> difference(static_cast<std::size_t>(n));
    std::vector<Judgement> certified(static_cast<std::size_t>(n));
    judge_difference(array(s), array(a), 0.5, difference);
    judge_certified(array(s), array(a), array(e), 0.5, certified);
    for (std::size_t i = 0; i < difference.size(); ++i) {
      const auto width = static_cast<std::size_t>(outputs);
      const auto row = [&](const std::vector<double>& values) { return std::span(values).subspan(i * width, width); };
      const auto expect_same = [](const Judgement& found, const Judgement& expected) {
        EXPECT_EQ(found.verdict, expected.verdict);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(found.error), std::bit_cast<std::uint64_t>(expected.error));
      };
      expect_same(difference[i], judge_difference(row(s), row(a), 0.5));
      expect_same(certified[i], judge_certified(row(s), row(a), row(e), 0.5));
    }
  }
}

}  // namespace
}  // namespace ailoop
