// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

namespace ailoop {

/// Floating-point type that a surrogate and its samples are stored in.
enum class Precision { float32, float64 };

template <class T>
inline constexpr Precision precision_of = std::is_same_v<T, float> ? Precision::float32 : Precision::float64;

/// Bytes of a number.
[[nodiscard]] constexpr std::int64_t number_bytes(Precision precision) {
  return precision == Precision::float32 ? sizeof(float) : sizeof(double);
}

/// The distance from 1 to the next number.
[[nodiscard]] constexpr double epsilon_of(Precision precision) {
  return precision == Precision::float32 ? double{std::numeric_limits<float>::epsilon()}
                                         : std::numeric_limits<double>::epsilon();
}

}  // namespace ailoop
