// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <cstdint>

namespace ailoop::kernels {

/// Sums that a least-squares fit of `outputs` targets to `columns` columns needs, one behind the other: the lower
/// triangle of the Gram matrix row by row, the products of each target with all columns, the square of each target.
struct NormalLayout {
  std::int64_t columns = 0;
  std::int64_t outputs = 0;

  [[nodiscard]] constexpr std::int64_t triangle() const { return columns * (columns + 1) / 2; }
  [[nodiscard]] constexpr std::int64_t length() const { return triangle() + outputs * (columns + 1); }
  /// Of columns j and k <= j.
  [[nodiscard]] constexpr std::int64_t gram(std::int64_t j, std::int64_t k) const { return j * (j + 1) / 2 + k; }
  [[nodiscard]] constexpr std::int64_t right_side(std::int64_t output, std::int64_t j) const {
    return triangle() + output * columns + j;
  }
  [[nodiscard]] constexpr std::int64_t square(std::int64_t output) const {
    return triangle() + outputs * columns + output;
  }
};

/// Samples of a block.
inline constexpr std::int64_t normal_block_points = 4096;

/// Number of blocks of n samples.
[[nodiscard]] constexpr std::int64_t normal_blocks(std::int64_t n) {
  return (n + normal_block_points - 1) / normal_block_points;
}

/// The samples of block number `index` of n samples.
[[nodiscard]] constexpr IndexRange normal_block(std::int64_t index, std::int64_t n) {
  return {index * normal_block_points, std::min((index + 1) * normal_block_points, n)};
}

/// Numbers that sums are kept in before they are combined: the same for every instruction set.
inline constexpr int sum_lanes = 8;

/// Points that are added up at once.
inline constexpr int panel_points = 32;
/// Groups of Lanes that hold a number for each of them.
inline constexpr int panel_groups = panel_points / sum_lanes;

}  // namespace ailoop::kernels
