// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/block_sum.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/test/mpi.hpp>

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace ailoop {
namespace {

constexpr std::int64_t n_numbers = 9;

using Blocks = std::vector<std::vector<double>>;

/// Numbers of either sign over twelve decades, each number on its own scale.
Blocks some_blocks(std::int64_t count, int seed) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::uniform_real_distribution<double> exponent(-6.0, 6.0);
  Blocks blocks(as_size(count), std::vector<double>(as_size(n_numbers)));
  for (auto& block : blocks) {
    for (std::size_t k = 0; k < block.size(); ++k) {
      block[k] = std::pow(10.0, exponent(random) + 7.0 * static_cast<double>(k)) * (random() % 2 == 0 ? 1.0 : -1.0);
    }
  }
  return blocks;
}

/// \param[in] is_here whether this rank holds a block
std::vector<double> total(BlockSum& sum, const Blocks& blocks, const std::function<bool(std::int64_t)>& is_here) {
  std::vector<double> sums(as_size(n_numbers));
  sum.add_up(
      std::ssize(blocks),
      [&](const BlockSum::Add& add) {
        for (std::int64_t b = 0; b < std::ssize(blocks); ++b) {
          if (is_here(b)) {
            add(blocks[as_size(b)]);
          }
        }
      },
      sums);
  return sums;
}

/// The sums of blocks that one rank has.
std::vector<double> total_alone(const Blocks& blocks, int words) {
  const Communicator self(MPI_COMM_SELF);
  BlockSum sum(self, n_numbers, words);
  return total(sum, blocks, [](std::int64_t) { return true; });
}

std::vector<std::uint64_t> bits(const std::vector<double>& numbers) {
  std::vector<std::uint64_t> bits;
  for (const double number : numbers) {
    bits.push_back(std::bit_cast<std::uint64_t>(number));
  }
  return bits;
}

TEST(BlockSum, HasTheSameBitsHoweverBlocksAreDealtOut) {
  const Communicator world(MPI_COMM_WORLD);
  for (const int words : {1, 2}) {
    for (const std::int64_t count : {1, 2, 3, 37, 300}) {
      const Blocks blocks = some_blocks(count, 5);
      const auto expected = bits(total_alone(blocks, words));
      const std::vector<std::function<bool(std::int64_t)>> dealings = {
          [&](std::int64_t b) { return b % world.size() == world.rank(); },
          [&](std::int64_t) { return world.rank() == world.size() - 1; },
          [&](std::int64_t b) { return b / 7 % world.size() == world.size() - 1 - world.rank(); },
      };
      for (const auto& is_here : dealings) {
        BlockSum sum(world, n_numbers, words);
        EXPECT_EQ(bits(total(sum, blocks, is_here)), expected) << count << " blocks, " << words << " words";
      }
    }
  }
}

TEST(BlockSum, IsOffByNoMoreThanItSays) {
  for (const int words : {1, 2}) {
    for (const std::int64_t count : {2, 37, 1000}) {
      const Blocks blocks = some_blocks(count, 8);
      const std::vector<double> sums = total_alone(blocks, words);
      const double word = 62 - std::ceil(std::log2(static_cast<double>(count)));
      for (std::size_t k = 0; k < sums.size(); ++k) {
        long double exact = 0.0L;
        double largest = 0.0;
        for (const auto& block : blocks) {
          exact += static_cast<long double>(block[k]);
          largest = std::max(largest, std::abs(block[k]));
        }
        const double scale = std::exp2(std::floor(std::log2(largest)) + 1.0);
        const double bound = static_cast<double>(count) * scale * std::exp2(-word * words);
        const auto off = static_cast<double>(std::abs(static_cast<long double>(sums[k]) - exact));
        EXPECT_LE(off, bound + 0x1p-53 * std::abs(sums[k])) << count << " blocks, " << words << " words";
      }
    }
  }
}

TEST(BlockSum, OfOneBlockIsThatBlock) {
  const Communicator world(MPI_COMM_WORLD);
  const double least = std::numeric_limits<double>::denorm_min();
  const Blocks blocks = {{0.1, -0.0, least, 1e300, -1.0 / 3.0, 0.0, 7.0, 1e-300, -least}};
  BlockSum sum(world, n_numbers, 1);
  EXPECT_EQ(bits(total(sum, blocks, [&](std::int64_t) { return world.rank() == 0; })), bits(blocks[0]));
}

TEST(BlockSum, OfWhatIsNotFiniteIsNaNEverywhere) {
  const Communicator world(MPI_COMM_WORLD);
  for (const double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    Blocks blocks = some_blocks(5, 3);
    BlockSum sum(world, n_numbers, 1);
    const auto is_here = [&](std::int64_t b) { return b % world.size() == world.rank(); };
    total(sum, blocks, is_here);
    blocks[4][2] = bad;
    EXPECT_THAT(total(sum, blocks, is_here), ::testing::Each(::testing::IsNan()));
    blocks[4][2] = 1.0;
    EXPECT_THAT(total(sum, blocks, is_here), ::testing::Not(::testing::Contains(::testing::IsNan())));
  }
}

/// Scales follow what is added up, in the same way on any number of ranks.
TEST(BlockSum, ScalesFollowNumbersThatShrinkAndGrow) {
  const Communicator world(MPI_COMM_WORLD);
  BlockSum sum(world, n_numbers, 1);
  const Communicator self(MPI_COMM_SELF);
  BlockSum alone(self, n_numbers, 1);
  const auto is_here = [&](std::int64_t b) { return b % world.size() == world.rank(); };
  for (const double factor : {1.0, 1e-3, 1e-6, 1e-6, 1e-6, 1e9, 1e6}) {
    Blocks blocks = some_blocks(20, 4);
    for (auto& block : blocks) {
      std::ranges::transform(block, block.begin(), [&](double number) { return factor * number; });
    }
    const auto sums = total(sum, blocks, is_here);
    EXPECT_EQ(bits(sums), bits(total(alone, blocks, [](std::int64_t) { return true; })));
    const auto afresh = total_alone(blocks, 2);
    for (std::size_t k = 0; k < sums.size(); ++k) {
      EXPECT_NEAR(sums[k], afresh[k], 1e-4 * std::abs(afresh[k])) << factor;
    }
  }
}

TEST(BlockSum, FailureOfAnyRankIsThrownByAll) {
  const Communicator world(MPI_COMM_WORLD);
  for (int failing = 0; failing < world.size(); ++failing) {
    BlockSum sum(world, n_numbers, 1);
    const Blocks blocks = some_blocks(6, 2);
    const auto add_up = [&](bool fails) {
      std::vector<double> sums(as_size(n_numbers));
      sum.add_up(
          6,
          [&](const BlockSum::Add& add) {
            if (fails && world.rank() == failing) {
              throw NumericalError("no features");
            }
            if (world.rank() == 0) {
              std::ranges::for_each(blocks, [&](const auto& block) { add(block); });
            }
          },
          sums);
    };
    EXPECT_THROW(add_up(true), AgreedError) << "where scales are found";
    add_up(false);
    EXPECT_THROW(add_up(true), AgreedError);
    add_up(false);
  }
}

}  // namespace
}  // namespace ailoop
