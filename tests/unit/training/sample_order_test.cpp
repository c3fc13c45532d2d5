// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/sample_order.hpp>

#include <ailoop/training/gradient_trainer.hpp>

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <numeric>
#include <vector>

namespace ailoop {
namespace {

std::vector<std::int64_t> shuffled(std::uint64_t seed, std::int64_t epoch, std::size_t n) {
  std::vector<std::int64_t> order(n, -1);
  shuffled_order(seed, epoch, order);
  return order;
}

TEST(SampleOrder, ShuffledIsAPermutation) {
  for (const std::size_t n : {0U, 1U, 2U, 33U, 4096U}) {
    std::vector<std::int64_t> order = shuffled(42, 3, n);
    std::vector<std::int64_t> identity(n);
    std::iota(identity.begin(), identity.end(), 0);
    EXPECT_THAT(order, ::testing::UnorderedElementsAreArray(identity)) << n;
  }
}

TEST(SampleOrder, ShuffledIsAFunctionOfSeedAndEpoch) {
  EXPECT_EQ(shuffled(42, 3, 100), shuffled(42, 3, 100));
  EXPECT_NE(shuffled(42, 3, 100), shuffled(42, 4, 100));
  EXPECT_NE(shuffled(42, 3, 100), shuffled(43, 3, 100));
}

TEST(SampleOrder, EveryPermutationIsEquallyLikely) {
  std::map<std::vector<std::int64_t>, int> seen;
  constexpr int draws = 24'000;
  for (int epoch = 0; epoch < draws; ++epoch) {
    ++seen[shuffled(9, epoch, 4)];
  }
  ASSERT_EQ(seen.size(), 24U);
  double chi_square = 0.0;
  for (const auto& [order, count] : seen) {
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  EXPECT_LT(chi_square, 49.7) << "99.9 % quantile of chi-square with 23 degrees of freedom";
}

}  // namespace
}  // namespace ailoop
