// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/binomial_interval.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ailoop {
namespace {

// Expected: quantiles 0.025 and 0.975 of beta distributions, by scipy.stats.beta.ppf.
TEST(BinomialInterval, AgreesWithQuantilesOfTheBetaDistribution) {
  struct Case {
    std::int64_t count, trials;
    double lower, upper;
  };
  const std::vector<Case> cases = {
      {0, 10, 0.0, 0.3084971078187607},
      {0, 1'000'000, 0.0, 3.688872650206488e-06},
      {1, 10, 0.0025285785444617848, 0.4450161170281954},
      {5, 50, 0.03327509358902247, 0.21813536643420225},
      {37, 1000, 0.02618270884373734, 0.05064112305992485},
      {10, 10, 0.6915028921812392, 1.0},
      {500'000, 1'000'000, 0.49901951919531184, 0.5009804808046882},
  };
  for (const Case& c : cases) {
    const ProbabilityInterval interval = binomial_interval(c.count, c.trials);
    EXPECT_NEAR(interval.lower, c.lower, 1e-8 * c.lower) << c.count << " of " << c.trials;
    EXPECT_NEAR(interval.upper, c.upper, 1e-8 * c.upper) << c.count << " of " << c.trials;
  }
}

TEST(BinomialInterval, ExcludesNothingWithoutTrials) {
  EXPECT_EQ(binomial_interval(0, 0).lower, 0.0);
  EXPECT_EQ(binomial_interval(0, 0).upper, 1.0);
}

}  // namespace
}  // namespace ailoop
