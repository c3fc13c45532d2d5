// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/counter_random.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

namespace ailoop::kernels {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;
using ::testing::ElementsAre;

constexpr std::uint64_t all_bits = std::numeric_limits<std::uint64_t>::max();

/// State that starts the generator of one index.
std::uint64_t stream_state(std::uint64_t seed, Purpose purpose, std::uint64_t index) {
  return state_at(stream_position(stream_base(seed, purpose), index));
}

double first_number(std::uint64_t seed, Purpose purpose, std::uint64_t index) {
  auto random = generator<Host>(seed, purpose, index);
  return unit_interval<double>(random);
}

std::vector<double> first_numbers(std::uint64_t seed, Purpose purpose, int n, std::uint64_t first_index = 0) {
  std::vector<double> numbers;
  numbers.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    numbers.push_back(first_number(seed, purpose, first_index + static_cast<std::uint64_t>(i)));
  }
  return numbers;
}

/// Correlation of two uniform samples; its standard deviation is 1 / sqrt(n) if they are independent.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - 0.5) * (b[i] - 0.5);
  return 12.0 * sum / static_cast<double>(a.size());
}

/// Chi-square statistic of numbers in [0, 1) over equal bins.
double chi_square(const std::vector<double>& numbers, int bins) {
  std::vector<int> counts(static_cast<std::size_t>(bins), 0);
  for (const double u : numbers) counts[static_cast<std::size_t>(u * bins)] += 1;
  const double expected = static_cast<double>(numbers.size()) / bins;
  double sum = 0.0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Mix, GivesThePublishedOutputsOfSplitmix64) {
  const auto output = [](std::uint64_t seed, std::uint64_t i) { return mix(seed + (i + 1) * golden_gamma); };
  EXPECT_THAT(
      (std::array{output(1234567, 0), output(1234567, 1), output(1234567, 2), output(1234567, 3), output(1234567, 4)}),
      ElementsAre(6457827717110365317U, 3203168211198807973U, 9817491932198370423U, 4593380528125082431U,
                  16408922859458223821U));
  EXPECT_THAT((std::array{output(0, 0), output(0, 1), output(0, 2)}),
              ElementsAre(0xe220a8397b1dcdafU, 0x6e789e6aa1b965f4U, 0x06c45d188009454fU));
}

TEST(Mix, FlipsHalfOfTheOutputBitsForEachInputBit) {
  for (int bit = 0; bit < 64; ++bit) {
    int flipped = 0;
    constexpr int n = 2000;
    for (int i = 1; i <= n; ++i) {
      const std::uint64_t input = static_cast<std::uint64_t>(i) * golden_gamma;
      flipped += std::popcount(mix(input) ^ mix(input ^ (std::uint64_t{1} << bit)));
    }
    EXPECT_NEAR(static_cast<double>(flipped) / n, 32.0, 0.6) << "input bit " << bit;
  }
}

TEST(StreamState, IsTheFunctionThatASeedMeansForever) {
  // Computed from the definition in the documentation by an independent program.
  EXPECT_EQ(stream_state(42, Purpose::query, 0), 0x6310bf04d8207f46U);
  EXPECT_EQ(stream_state(42, Purpose::query, 1), 0xebdb7216a4ffed50U);
  EXPECT_EQ(stream_state(42, Purpose::sample, 0), 0x08a42655afd56572U);
  EXPECT_EQ(stream_state(43, Purpose::query, 0), 0x9bb6c981ed5ef223U);
  EXPECT_EQ(stream_state(0, Purpose::query, 0), 0x238275bc38fcbe91U);
  EXPECT_EQ(stream_state(all_bits, Purpose::initial_parameters, all_bits), 0xe45ad34171c44bd1U);
}

TEST(StreamState, IsNeverZero) {
  std::uint64_t inverse = golden_gamma;  // of golden_gamma modulo 2^64, by Newton's iteration
  for (int i = 0; i < 6; ++i) inverse *= 2 - golden_gamma * inverse;
  ASSERT_EQ(inverse * golden_gamma, 1U);
  const std::uint64_t of_purpose = mix(mix(7 + golden_gamma) + golden_gamma);
  const std::uint64_t index = (0 - of_purpose) * inverse - 1;
  ASSERT_EQ(mix(of_purpose + (index + 1) * golden_gamma), 0U) << "the index was chosen to hash to zero";
  EXPECT_EQ(stream_state(7, Purpose::query, index), golden_gamma);
  auto random = generator<Host>(7, Purpose::query, index);
  EXPECT_NE(random.urand64(), random.urand64());
}

TEST(StreamState, DiffersForEachSeedPurposeAndIndex) {
  std::vector<std::uint64_t> states;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t purpose = 1; purpose <= 4; ++purpose) {
      for (std::uint64_t index = 0; index < 1000; ++index) {
        states.push_back(stream_state(seed, static_cast<Purpose>(purpose), index));
      }
    }
  }
  std::sort(states.begin(), states.end());
  EXPECT_EQ(std::adjacent_find(states.begin(), states.end()), states.end());
}

TEST(Generator, GivesTheSameNumbersWithEveryVersionOfKokkos) {
  auto random = generator<Host>(42, Purpose::query, 0);
  EXPECT_EQ(random.urand64(), 0xd7c15b59a98c56a3U);
  EXPECT_EQ(random.urand64(), 0xe6ae2a349d9a003eU);
  auto last = generator<Host>(all_bits, Purpose::initial_parameters, all_bits);
  EXPECT_EQ(last.urand64(), 0x1df3393bc284f717U);
  EXPECT_EQ(first_number(42, Purpose::query, 1), 0x1.79bd4e7596f20p-6);
}

TEST(UnitInterval, StaysBelowOneForTheLargestBits) {
  EXPECT_EQ(unit_interval_of_bits<double>(all_bits), 1.0 - 0x1p-53);
  EXPECT_EQ(unit_interval_of_bits<float>(all_bits), 1.0F - 0x1p-24F);
  EXPECT_EQ(unit_interval_of_bits<double>(0), 0.0);
  EXPECT_EQ(unit_interval_of_bits<float>(0), 0.0F);
  EXPECT_EQ(unit_interval_of_bits<double>(std::uint64_t{1} << 63), 0.5);
  EXPECT_EQ(unit_interval_of_bits<float>(std::uint64_t{1} << 63), 0.5F);
}

TEST(UnitInterval, IsTheSameByExponentsAsByConversion) {
  std::vector<std::uint64_t> bits{0, 1, 0x7ff, 0x800, 0x801, all_bits, all_bits >> 1, all_bits << 11, all_bits << 43};
  for (int shift = 0; shift < 64; ++shift) bits.push_back(std::uint64_t{1} << shift);
  for (std::uint64_t i = 0; i < 100000; ++i) bits.push_back(mix(i));
  for (const std::uint64_t b : bits) {
    ASSERT_EQ(unit_interval_by_exponents(b), static_cast<double>(b >> 11) * 0x1p-53) << b;
    ASSERT_EQ(unit_interval_of_bits<double>(b), static_cast<double>(b >> 11) * 0x1p-53) << b;
  }
}

TEST(UnitInterval, UsesTheTopBitsOnly) {
  const std::uint64_t bits = 0x0123456789abcdefU;
  EXPECT_EQ(unit_interval_of_bits<double>(bits), unit_interval_of_bits<double>(bits | 0x7ffU));
  EXPECT_EQ(unit_interval_of_bits<float>(bits), unit_interval_of_bits<float>(bits | 0xffffffffffU));
  EXPECT_NE(unit_interval_of_bits<double>(bits), unit_interval_of_bits<double>(bits ^ 0x800U));
  EXPECT_NE(unit_interval_of_bits<float>(bits), unit_interval_of_bits<float>(bits ^ 0x10000000000U));
}

TEST(UnitInterval, HasTheMomentsOfAUniformNumber) {
  constexpr int n = 1 << 18;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{42}, all_bits}) {
    for (const Purpose purpose : {Purpose::query, Purpose::sample, Purpose::shuffle, Purpose::initial_parameters}) {
      double mean = 0.0;
      double variance = 0.0;
      for (const double u : first_numbers(seed, purpose, n)) {
        mean += u / n;
        variance += (u - 0.5) * (u - 0.5) / n;
      }
      // Five standard deviations of each estimate.
      EXPECT_NEAR(mean, 0.5, 5.0 / std::sqrt(12.0 * n)) << "seed " << seed;
      EXPECT_NEAR(variance, 1.0 / 12.0, 5.0 / std::sqrt(180.0 * n)) << "seed " << seed;
    }
  }
}

TEST(UnitInterval, FillsEqualBinsEqually) {
  constexpr int bins = 256;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    const double statistic = chi_square(first_numbers(seed, Purpose::sample, 1 << 18), bins);
    // Mean bins - 1, standard deviation sqrt(2 (bins - 1)); far too even would be a defect as well.
    EXPECT_NEAR(statistic, bins - 1.0, 5.0 * std::sqrt(2.0 * (bins - 1.0))) << "seed " << seed;
  }
}

TEST(UnitInterval, IsUncorrelatedBetweenNeighbouringIndices) {
  constexpr int n = 1 << 18;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{42}}) {
    const std::vector<double> numbers = first_numbers(seed, Purpose::query, n);
    for (std::uint64_t lag = 1; lag <= 4; ++lag) {
      EXPECT_NEAR(correlation(numbers, first_numbers(seed, Purpose::query, n, lag)), 0.0, 5.0 / std::sqrt(n));
    }
  }
}

TEST(UnitInterval, IsUncorrelatedBetweenSeedsEvenWhenShifted) {
  constexpr int n = 1 << 18;
  const std::vector<double> numbers = first_numbers(42, Purpose::query, n);
  for (std::uint64_t step = 1; step <= 3; ++step) {
    for (std::uint64_t shift = 0; shift <= 3; ++shift) {
      const std::vector<double> others = first_numbers(42 - step, Purpose::query, n, shift);
      EXPECT_NEAR(correlation(numbers, others), 0.0, 5.0 / std::sqrt(n)) << "step " << step << ", shift " << shift;
    }
  }
}

TEST(UnitInterval, IsUncorrelatedBetweenPurposes) {
  constexpr int n = 1 << 18;
  for (std::uint64_t purpose = 2; purpose <= 4; ++purpose) {
    const double found =
        correlation(first_numbers(42, Purpose::query, n), first_numbers(42, static_cast<Purpose>(purpose), n));
    EXPECT_NEAR(found, 0.0, 5.0 / std::sqrt(n)) << "purpose " << purpose;
  }
}

TEST(UnitInterval, IsUncorrelatedBetweenComponentsOfAPoint) {
  constexpr int n = 1 << 18;
  std::array<std::vector<double>, 4> components;
  for (int i = 0; i < n; ++i) {
    auto random = generator<Host>(42, Purpose::sample, static_cast<std::uint64_t>(i));
    for (auto& component : components) component.push_back(unit_interval<double>(random));
  }
  for (std::size_t j = 0; j < components.size(); ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      EXPECT_NEAR(correlation(components[j], components[k]), 0.0, 5.0 / std::sqrt(n)) << j << ", " << k;
    }
  }
}

TEST(UnitInterval, WouldBeCaughtIfTwoSeedsWereTheSameStreamShifted) {
  // The scheme that the documentation warns of, to show that the correlation test above sees it.
  const auto shifted = [](std::uint64_t seed, std::uint64_t first) {
    std::vector<double> numbers;
    for (std::uint64_t i = 0; i < 1000; ++i) {
      Kokkos::Random_XorShift64<Host> random(mix(seed + first + i));
      numbers.push_back(unit_interval<double>(random));
    }
    return numbers;
  };
  EXPECT_GT(correlation(shifted(42, 0), shifted(41, 1)), 0.9);
}

struct Interval {
  double lower;
  double upper;
};

template <class Real>
void test_half_open(const Interval& interval) {
  ASSERT_TRUE(is_valid_interval<Real>(interval.lower, interval.upper)) << interval.lower << " " << interval.upper;
  double previous = -std::numeric_limits<double>::infinity();
  constexpr double largest = 1.0 - 0x1p-53;
  for (const double u : {0.0, 0x1p-1074, 0x1p-53, 0x1p-24, 0.25, 0.5, 1.0 - 0x1p-24, largest}) {
    const Real x = map_to_interval<Real>(u, interval.lower, interval.upper);
    EXPECT_GE(static_cast<double>(x), interval.lower) << interval.upper << " u " << u;
    EXPECT_LT(static_cast<double>(x), interval.upper) << interval.lower << " u " << u;
    EXPECT_GE(static_cast<double>(x), previous) << "not monotone";
    previous = static_cast<double>(x);
  }
}

constexpr std::array hard_intervals{
    Interval{-std::numbers::pi, std::numbers::pi},
    Interval{0.0, 1.0},
    Interval{-1.0, 0.0},
    Interval{1.0, 1.0 + 0x1p-22},
    Interval{0.1, 0.1 + 1e-7},
    Interval{16777215.0, 16777217.0},
    Interval{-1e-300, 1e-300},
    Interval{1e-40, 2e-38},
    Interval{-3e38, 3e38},
    Interval{123456.789, 123456.8},
};

TEST(MapToInterval, IsHalfOpenInFloat) {
  for (const Interval& interval : hard_intervals) test_half_open<float>(interval);
}

TEST(MapToInterval, IsHalfOpenInDouble) {
  for (const Interval& interval : hard_intervals) test_half_open<double>(interval);
  test_half_open<double>({1.0, 1.0 + 0x1p-52});
  test_half_open<double>({-0x1p-1074, 0x1p-1074});
  test_half_open<double>({-8e307, 8e307});
}

TEST(MapToInterval, IsHalfOpenForRandomNarrowIntervals) {
  for (std::uint64_t i = 0; i < 20000; ++i) {
    auto random = generator<Host>(1, Purpose::sample, i);
    const double lower = (unit_interval<double>(random) - 0.5) * std::exp2(40.0 * unit_interval<double>(random) - 20.0);
    const double width = std::abs(lower) * std::exp2(-22.5 + 4.0 * unit_interval<double>(random));
    if (is_valid_interval<float>(lower, lower + width)) test_half_open<float>({lower, lower + width});
    test_half_open<double>({lower, lower + width * 0x1p-29});
  }
}

TEST(MapToInterval, ReachesBothEndsOfAnIntervalOfFewNumbers) {
  std::set<float> found;
  for (std::uint64_t i = 0; i < 200; ++i) {
    auto random = generator<Host>(5, Purpose::sample, i);
    found.insert(uniform<float>(random, 1.0, 1.0 + 0x1p-21));
  }
  EXPECT_THAT(found, ElementsAre(1.0F, 1.0F + 0x1p-23F, 1.0F + 0x1p-22F, 1.0F + 0x1.8p-22F));
}

TEST(IsValidInterval, RefusesWhatHoldsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(is_valid_interval<double>(1.0, 1.0));
  EXPECT_FALSE(is_valid_interval<double>(1.0, 0.0));
  EXPECT_FALSE(is_valid_interval<double>(nan, 1.0));
  EXPECT_FALSE(is_valid_interval<double>(0.0, nan));
  EXPECT_FALSE(is_valid_interval<double>(0.0, infinity));
  EXPECT_FALSE(is_valid_interval<double>(-infinity, 0.0));
  EXPECT_FALSE(is_valid_interval<double>(-1.7e308, 1.7e308)) << "the width overflows";
  EXPECT_FALSE(is_valid_interval<float>(0.0, 1e39)) << "beyond float";
  EXPECT_FALSE(is_valid_interval<float>(1.0 + 0x1p-40, 1.0 + 0x1p-30)) << "between two floats";
  EXPECT_TRUE(is_valid_interval<float>(1.0, 1.0 + 0x1p-30)) << "holds 1";
  EXPECT_TRUE(is_valid_interval<double>(1.0 + 0x1p-40, 1.0 + 0x1p-30));
}

}  // namespace
}  // namespace ailoop::kernels
