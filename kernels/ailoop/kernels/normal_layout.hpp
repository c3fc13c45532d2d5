#pragma once

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

}  // namespace ailoop::kernels
