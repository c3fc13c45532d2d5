// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/gate.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/judged.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace ailoop {
namespace {

using test::judged;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A problem with an approximation of known error.
Facts facts_of(std::int64_t outputs) {
  Facts facts;
  facts.outputs = outputs;
  facts.has_bound = true;
  return facts;
}

std::unique_ptr<Gate> difference_gate(const Tolerance& tolerance, std::int64_t outputs = 1) {
  return difference_entry().create()->make(facts_of(outputs), tolerance);
}

std::unique_ptr<Gate> certified_gate(const Tolerance& tolerance, std::int64_t outputs = 1) {
  return certified_entry().create()->make(facts_of(outputs), tolerance);
}

Judgement judge(const std::vector<double>& s, const std::vector<double>& a, double tolerance) {
  return judged(*difference_gate({{tolerance}}), s, a, {});
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
  return judged(*certified_gate({{tolerance}}), std::vector{s}, std::vector{a}, std::vector{e}).verdict;
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
  const auto gate = certified_gate({{0.5}}, 3);
  EXPECT_EQ(judged(*gate, s, std::vector{0.0, 0.45, 0.0}, e).verdict, Verdict::inconclusive);
  EXPECT_EQ(judged(*gate, s, std::vector{0.0, 0.45, 2.0}, e).verdict, Verdict::rejected);
  EXPECT_EQ(judged(*gate, s, std::vector{2.0, 0.45, 0.0}, e).verdict, Verdict::rejected);
  EXPECT_EQ(judged(*gate, s, std::vector{0.0, 0.25, 0.0}, e).verdict, Verdict::accepted);
}

TEST(Tolerance, ContainsWhatIsWithinItAndFinite) {
  const Tolerance quarter{{0.25}};
  EXPECT_TRUE(quarter.contains(std::vector{1.0, 2.0}, std::vector{1.25, 2.0}));
  EXPECT_FALSE(quarter.contains(std::vector{1.0, 2.0}, std::vector{1.0, std::nextafter(2.25, 3.0)}));
  EXPECT_FALSE(Tolerance{{1e300}}.contains(std::vector{nan}, std::vector{1.0}));
  const Tolerance relative{{0.0, 1.0}, 0.5};
  EXPECT_TRUE(relative.contains(std::vector{3.0, 4.0}, std::vector{2.0, 2.0}));
  EXPECT_FALSE(relative.contains(std::vector{1.0, 5.0}, std::vector{2.5, 2.0}));
  EXPECT_FALSE(relative.contains(std::vector{1.0, infinity}, std::vector{1.0, infinity}));
}

TEST(GateDifference, AllowsWhatTheSizeOfTheApproximationAdds) {
  const auto gate = difference_gate({{0.25}, 0.5});
  const Judgement edge = judged(*gate, std::vector{-3.25}, std::vector{-2.0}, {});
  EXPECT_EQ(edge.verdict, Verdict::accepted);
  EXPECT_EQ(edge.error, 1.25);
  EXPECT_EQ(edge.allowed, 1.25);
  EXPECT_EQ(judged(*gate, std::vector{-3.5}, std::vector{-2.0}, {}).verdict, Verdict::rejected);
  for (const double bad : {nan, infinity}) {
    EXPECT_EQ(judged(*gate, std::vector{bad}, std::vector{bad}, {}).verdict, Verdict::rejected);
    EXPECT_EQ(judged(*gate, std::vector{0.0}, std::vector{bad}, {}).verdict, Verdict::rejected);
  }
}

TEST(Gate, WorstComponentIsThatOfTheLargestErrorForItsTolerance) {
  for (const auto& gate : {difference_gate({{1.0, 0.01}}, 2), certified_gate({{1.0, 0.01}}, 2)}) {
    const Judgement judgement = judged(*gate, std::vector{0.5, 0.125}, std::vector{0.0, 0.0}, std::vector{0.0, 0.0});
    EXPECT_EQ(judgement.error, 0.125);
    EXPECT_EQ(judgement.allowed, 0.01);
    EXPECT_EQ(judgement.verdict, Verdict::rejected);
  }
}

// For every truth that the bound allows, in long double: what is allowed follows from the truth's own size.
TEST(GateCertified, RelativeVerdictsHoldForEveryTruthWithinTheBound) {
  int accepted = 0;
  int rejected = 0;
  for (const double absolute : {0.0, 1e-3}) {
    for (const double relative : {1e-3, 0.1, 0.9}) {
      const auto gate = certified_gate({{absolute}, relative});
      for (const double a : {0.0, 1e-3, 0.3, -0.7, 12.0}) {
        for (const double e : {0.0, 1e-9, 1e-4, 0.05}) {
          for (int step = -60; step <= 60; ++step) {
            const double s = a + 0.002 * step * (absolute + relative * std::abs(a) + e);
            const Verdict verdict = judged(*gate, std::vector{s}, std::vector{a}, std::vector{e}).verdict;
            for (const long double share : {-1.0L, -0.5L, 0.0L, 0.5L, 1.0L}) {
              const long double truth = a + share * e;
              const long double error = std::abs(s - truth);
              const long double allowed = absolute + relative * std::abs(truth);
              if (verdict == Verdict::accepted) {
                EXPECT_LE(error, allowed) << s << ' ' << a << ' ' << e;
              } else if (verdict == Verdict::rejected) {
                EXPECT_GT(error, allowed) << s << ' ' << a << ' ' << e;
              }
            }
            accepted += verdict == Verdict::accepted ? 1 : 0;
            rejected += verdict == Verdict::rejected ? 1 : 0;
          }
        }
      }
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_EQ(rejected, 0) << "steps are too small to be wrong everywhere";
}

TEST(GateKind, RefusesAProblemThatLacksTheEvidence) {
  Facts facts;
  EXPECT_THROW(static_cast<void>(certified_entry().create()->make(facts, {})), ConfigurationError) << "no bound";
  EXPECT_NO_THROW(static_cast<void>(difference_entry().create()->make(facts, {})));
  facts.shares = 0;
  EXPECT_THROW(static_cast<void>(difference_entry().create()->make(facts, {})), ConfigurationError);
  facts.has_bound = true;
  EXPECT_THROW(static_cast<void>(certified_entry().create()->make(facts, {})), ConfigurationError);
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
    const auto width = static_cast<std::size_t>(outputs);
    for (const Tolerance& tolerance : {Tolerance{{0.5}}, Tolerance{{0.25}, 0.5}}) {
      for (const auto& gate : {difference_gate(tolerance, outputs), certified_gate(tolerance, outputs)}) {
        const auto count = static_cast<std::size_t>(n);
        std::vector<Verdict> verdicts(count);
        std::vector<double> errors(count);
        std::vector<double> allowed(count);
        gate->judge({array(s), array(a), array(e)}, {verdicts, errors, allowed});
        for (std::size_t i = 0; i < count; ++i) {
          const auto row = [&](const std::vector<double>& values) {
            return std::span(values).subspan(i * width, width);
          };
          const Judgement one = judged(*gate, row(s), row(a), row(e));
          EXPECT_EQ(verdicts[i], one.verdict);
          EXPECT_EQ(std::bit_cast<std::uint64_t>(errors[i]), std::bit_cast<std::uint64_t>(one.error));
          EXPECT_EQ(std::bit_cast<std::uint64_t>(allowed[i]), std::bit_cast<std::uint64_t>(one.allowed));
        }
      }
    }
  }
}

}  // namespace
}  // namespace ailoop
