#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>
#include <Kokkos_Random.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

/// \file
/// Random numbers that are a function of (seed, purpose, index): who draws them, in which order and on how many threads
/// cannot change them.

namespace ailoop::kernels {

/// What random numbers are for. Streams of different purposes are independent; the values are part of what a seed
/// means.
enum class Purpose : std::uint64_t { query = 1, sample = 2, shuffle = 3, initial_parameters = 4 };

/// 2^64 divided by the golden ratio, odd: the increment of splitmix64.
inline constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15U;

/// Finaliser of splitmix64, a bijection in which every output bit depends on every input bit.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 16 (variant 13 of
/// Stafford).
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

/// State that starts the generator of one index: mix(mix(mix(seed + G) + purpose G) + (index + 1) G), G = golden_gamma.
/// Hashing after each part keeps seeds, purposes and indices apart; a plain mix(seed + index) would make two seeds the
/// same stream, shifted. Never 0, the one state that an xorshift generator cannot leave.
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr std::uint64_t stream_state(std::uint64_t seed, Purpose purpose,
                                                                          std::uint64_t index) {
  const std::uint64_t of_seed = mix(seed + golden_gamma);
  const std::uint64_t of_purpose = mix(of_seed + static_cast<std::uint64_t>(purpose) * golden_gamma);
  const std::uint64_t state = mix(of_purpose + (index + 1) * golden_gamma);
  return state == 0 ? golden_gamma : state;
}

/// Generator of one index, for use on Space (or on a Kokkos::Device).
template <class Space>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Kokkos::Random_XorShift64<Space> generator(std::uint64_t seed, Purpose purpose,
                                                                                std::uint64_t index) {
  return Kokkos::Random_XorShift64<Space>(stream_state(seed, purpose, index));
}

/// Uniform number in [0, 1) from the top 53 (double) or 24 (float) of 64 random bits: exact, and 1 cannot occur.
template <std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr Real unit_interval_of_bits(std::uint64_t bits) {
  static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>,
                "unit_interval_of_bits: Real must be float or double");
  if constexpr (std::is_same_v<Real, float>) {
    return static_cast<float>(bits >> 40) * 0x1p-24F;
  } else {
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
  if (static_cast<double>(x) < lower) x = next_after(x, static_cast<Real>(upper));
  if (static_cast<double>(x) >= upper) x = next_after(x, static_cast<Real>(lower));
  return x;
}

/// Whether [lower, upper) can be sampled in the precision Real.
template <std::floating_point Real>
[[nodiscard]] bool is_valid_interval(double lower, double upper) {
  if (!(lower < upper) || !is_finite(upper - lower)) return false;
  const Real first = static_cast<Real>(lower);
  if (!is_finite(first) || !is_finite(static_cast<Real>(upper))) return false;
  const Real inside =
      static_cast<double>(first) < lower ? next_after(first, std::numeric_limits<Real>::infinity()) : first;
  return static_cast<double>(inside) < upper;
}

/// The next uniform number of a generator in [lower, upper), in the precision Real.
template <std::floating_point Real, class Generator>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real uniform(Generator& random, double lower, double upper) {
  return map_to_interval<Real>(static_cast<double>(unit_interval<Real>(random)), lower, upper);
}

}  // namespace ailoop::kernels
