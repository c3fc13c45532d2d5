// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/random_streams.hpp>

#include <Kokkos_Core.hpp>
#include <Kokkos_Random.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

/// \file
/// Generators of the streams of random_streams.hpp, and what is made of their numbers.

namespace ailoop::kernels {

/// Generator at a position, for use on Space (or on a Kokkos::Device).
template <class Space>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Kokkos::Random_XorShift64<Space> generator_at(std::uint64_t position) {
  const std::uint64_t state = state_at(position);
#if defined(__GNUC__)
  if (state == 0) __builtin_unreachable();  // spares the class its own test, a branch again
#endif
  return Kokkos::Random_XorShift64<Space>(state);
}

/// Generator of one index, for use on Space (or on a Kokkos::Device): its state at the start is
/// mix(mix(mix(seed + G) + purpose G) + (index + 1) G).
template <class Space>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Kokkos::Random_XorShift64<Space> generator(std::uint64_t seed, Purpose purpose,
                                                                                std::uint64_t index) {
  return generator_at<Space>(stream_position(stream_base(seed, purpose), index));
}

/// bits / 2^64 rounded down to a multiple of 2^-53, without a conversion of 64-bit integers, which AVX2 has not: the
/// upper 21 and the lower 32 of the top 53 bits are the ends of the fractions of two numbers whose exponents give them
/// their place, 2^31 + upper 2^-21 and 1/2 + lower 2^-53. Every step is exact.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double unit_interval_by_exponents(std::uint64_t bits) {
  const auto upper = bit_cast<double>((bits >> 43) | 0x41e0000000000000U);
  const auto lower = bit_cast<double>(((bits >> 11) & 0xffffffffU) | 0x3fe0000000000000U);
  return (upper - (0x1p31 + 0.5)) + lower;
}

/// Uniform number in [0, 1) from the top 53 (double) or 24 (float) of 64 random bits: exact, and 1 cannot occur.
template <std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr Real unit_interval_of_bits(std::uint64_t bits) {
  static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>,
                "unit_interval_of_bits: Real must be float or double");
  if constexpr (std::is_same_v<Real, float>) {
    // 24 bits fit 32, which every instruction set converts
    return static_cast<float>(static_cast<std::int32_t>(bits >> 40)) * 0x1p-24F;
  } else {
#if defined(__AVX2__) && !defined(__AVX512DQ__)
    if (!std::is_constant_evaluated()) return unit_interval_by_exponents(bits);
#endif
    return static_cast<double>(bits >> 11) * 0x1p-53;
  }
}

/// The next uniform number of a generator, in [0, 1). (Kokkos' own drand and frand can return the upper end.)
template <std::floating_point Real, class Generator>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real unit_interval(Generator& random) {
  return unit_interval_of_bits<Real>(random.urand64());
}

/// Maps u in [0, 1) to the half-open [lower, upper) in the precision Real: lower + u (upper - lower), rounded once to
/// double (fma) and once to Real; what rounds out of the interval becomes the nearest Real inside it. The same bits on
/// every back end.
/// \pre lower < upper, upper - lower finite, and at least one Real in [lower, upper) (see is_valid_interval)
template <std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real map_to_interval(double u, double lower, double upper) {
  Real x = static_cast<Real>(fma(u, upper - lower, lower));
  // At most one of the two happens, and one step is enough: x is a neighbour, in Real, of a number in [lower, upper].
  if (static_cast<double>(x) < lower) x = nextafter(x, static_cast<Real>(upper));
  if (static_cast<double>(x) >= upper) x = nextafter(x, static_cast<Real>(lower));
  return x;
}

/// An interval [lower, upper) made ready for many numbers of the precision Real; is_valid_interval must hold.
template <std::floating_point Real>
struct SampledInterval {
  double lower = 0.0;  ///< included
  double width = 0.0;  ///< upper - lower, rounded
  Real first = 0;      ///< smallest Real that is not below the interval
  Real last = 0;       ///< largest Real below its upper end
};

template <std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION SampledInterval<Real> sampled_interval(double lower, double upper) {
  constexpr Real infinity = std::numeric_limits<Real>::infinity();
  Real first = static_cast<Real>(lower);
  if (static_cast<double>(first) < lower) first = nextafter(first, infinity);
  Real last = static_cast<Real>(upper);
  if (static_cast<double>(last) >= upper) last = nextafter(last, static_cast<Real>(lower));
  return {lower, upper - lower, first, last};
}

/// The same bits as map_to_interval(u, lower, upper), without branches: what rounds out of the interval has one Real
/// at most beside it that is inside, and that is the first or the last.
template <std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real map_to_interval(double u, const SampledInterval<Real>& interval) {
  const Real x = static_cast<Real>(fma(u, interval.width, interval.lower));
  const Real bounded = x < interval.first ? interval.first : x;
  return interval.last < bounded ? interval.last : bounded;
}

/// Whether [lower, upper) can be sampled in the precision Real.
template <std::floating_point Real>
[[nodiscard]] bool is_valid_interval(double lower, double upper) {
  if (!(lower < upper) || !isfinite(upper - lower)) return false;
  if (!isfinite(static_cast<Real>(lower)) || !isfinite(static_cast<Real>(upper))) return false;
  return static_cast<double>(sampled_interval<Real>(lower, upper).first) < upper;
}

/// The next uniform number of a generator in [lower, upper), in the precision Real.
template <std::floating_point Real, class Generator>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real uniform(Generator& random, double lower, double upper) {
  return map_to_interval<Real>(static_cast<double>(unit_interval<Real>(random)), lower, upper);
}

}  // namespace ailoop::kernels
