// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/histogram.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ailoop {
namespace {

TEST(Histogram, QuantilesAreWithinOnePercentOfTheExactOnes) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> distribution(std::log(2e-6), 1.5);
  Histogram histogram(-32, 48);
  std::vector<double> exact;
  for (int i = 0; i < 10'001; ++i) {
    const double seconds = distribution(random);
    histogram.add(seconds);
    exact.push_back(seconds);
  }
  std::sort(exact.begin(), exact.end());
  for (const double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const auto index = static_cast<std::size_t>(std::ceil(q * 10'001)) - 1;
    EXPECT_NEAR(histogram.quantile(q), exact[index], 0.008 * exact[index]) << q;
  }
  EXPECT_EQ(histogram.count(), 10'001);
}

TEST(Histogram, IsZeroWithoutNumbers) { EXPECT_EQ(Histogram(-32, 48).quantile(0.5), 0.0); }

TEST(Histogram, TakesExtremesWithoutHarm) {
  Histogram histogram(-32, 48);
  histogram.add(0.0);
  EXPECT_LT(histogram.quantile(1.0), 1e-9);
  histogram.add(1e30);
  EXPECT_GT(histogram.quantile(1.0), 6e4);
  EXPECT_EQ(histogram.count(), 2);
}

}  // namespace
}  // namespace ailoop
