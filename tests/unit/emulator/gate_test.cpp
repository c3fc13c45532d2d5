#include <ailoop/emulator/gate.hpp>

#include <ailoop/core/error.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
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

TEST(GateDifference, RefusesDifferentNumbersOfComponents) {
  EXPECT_THROW(static_cast<void>(judge({1.0, 2.0}, {1.0}, 1.0)), UsageError);
}

}  // namespace
}  // namespace ailoop
