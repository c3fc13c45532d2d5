#pragma once

#include <type_traits>

namespace ailoop {

/// Floating-point type that a surrogate and its samples are stored in.
enum class Precision { float32, float64 };

template <class T>
inline constexpr Precision precision_of = std::is_same_v<T, float> ? Precision::float32 : Precision::float64;

}  // namespace ailoop
