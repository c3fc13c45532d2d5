// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/near.hpp>

#include <gmock/gmock.h>

#include <array>
#include <limits>
#include <vector>

namespace ailoop::test {
namespace {

using ::testing::Not;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Near, AcceptsDifferencesUpToTheRelativeTolerance) {
  const std::vector<double> expected{1.0, -200.0};
  EXPECT_THAT((std::array{1.0 + 0.9e-3, -200.0 - 0.19}), near(expected, 1e-3));
  EXPECT_THAT((std::array{1.0 + 1.1e-3, -200.0}), Not(near(expected, 1e-3)));
  EXPECT_THAT((std::array{1.0, -200.21}), Not(near(expected, 1e-3)));
}

TEST(Near, ComparesEachElementWithItsOwnExpectedValue) {
  EXPECT_THAT((std::array{1e6, 1e-6 + 1e-7}), Not(near(std::array{1e6, 1e-6}, 1e-3)));
  EXPECT_THAT((std::array{0.0, 1e-9}), near(std::array{0.0, 0.0}, 0.0, 1e-8));
}

TEST(Near, RefusesAnotherLength) {
  const std::vector<float> expected{1.0F, 2.0F};
  EXPECT_THAT((std::array{1.0F}), Not(near(expected, 1.0)));
  EXPECT_THAT((std::array{1.0F, 2.0F, 3.0F}), Not(near(expected, 1.0)));
  EXPECT_THAT(std::vector<float>{}, Not(near(expected, 1.0)));
}

TEST(Near, MatchesNoNanAndOnlyTheSameInfinity) {
  EXPECT_THAT(std::array{nan}, Not(near(std::array{nan}, 1.0, 1.0)));
  EXPECT_THAT(std::array{nan}, Not(near(std::array{0.0}, 1.0, 1.0)));
  EXPECT_THAT(std::array{infinity}, near(std::array{infinity}, 0.0));
  EXPECT_THAT(std::array{-infinity}, Not(near(std::array{infinity}, 0.0)));
  EXPECT_THAT(std::array{1.0}, Not(near(std::array{nan}, 1.0, 1.0)));
}

TEST(Near, SaysWhichElementIsOff) {
  ::testing::StringMatchResultListener listener;
  EXPECT_FALSE(::testing::ExplainMatchResult(near(std::array{1.0, 2.0}, 0.0), std::array{1.0, 2.5}, &listener));
  EXPECT_EQ(listener.str(), "whose element 1 is 2.5 where 2 is expected, off by 0.5");
}

}  // namespace
}  // namespace ailoop::test
