// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

/// \file
/// Random numbers are a function of (seed, purpose, index): who draws them, in which order and on how many threads
/// cannot change them. Here is the integer arithmetic of it, for host and device.

namespace ailoop::kernels {

/// What random numbers are for. Streams of different purposes are independent; the values are part of what a seed
/// means.
enum class Purpose : std::uint64_t { query = 1, sample = 2, shuffle = 3, initial_parameters = 4, audit = 5 };

/// 2^64 divided by the golden ratio, odd: the increment of splitmix64.
inline constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15U;

/// Finaliser of splitmix64, a bijection in which every output bit depends on every input bit.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 16 (variant 13 of
/// Stafford).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

/// What the streams of a seed and a purpose have in common: mix(mix(seed + G) + purpose G), G = golden_gamma. Hashing
/// after each part keeps seeds, purposes and indices apart; a plain mix(seed + index) would make two seeds the same
/// stream, shifted.
[[nodiscard]] constexpr std::uint64_t stream_base(std::uint64_t seed, Purpose purpose) {
  return mix(mix(seed + golden_gamma) + static_cast<std::uint64_t>(purpose) * golden_gamma);
}

/// Position of an index in the sequence that is hashed: stream_base + (index + 1) G. That of the next index is G
/// larger.
[[nodiscard]] constexpr std::uint64_t stream_position(std::uint64_t base, std::uint64_t index) {
  return base + (index + 1) * golden_gamma;
}

/// State that starts the generator at a position: its hash. Never 0, the one state that an xorshift generator cannot
/// leave.
[[nodiscard]] constexpr std::uint64_t state_at(std::uint64_t position) {
  const std::uint64_t state = mix(position);
  // without a branch, which GCC would carry on to the end of a loop and then not vectorise it
  return state | (golden_gamma & (std::uint64_t{0} - static_cast<std::uint64_t>(state == 0)));
}

}  // namespace ailoop::kernels
