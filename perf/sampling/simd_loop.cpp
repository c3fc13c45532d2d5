// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "simd_loop.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace ailoop::perf {

void simd_loop([[maybe_unused]] int threads, std::uint64_t base, std::int64_t n, double lower, double upper,
               double* rows) {
  constexpr std::uint64_t gamma = 0x9e3779b97f4a7c15U;
  const double width = upper - lower;
  const double last = std::nextafter(upper, lower);
#if defined(_OPENMP)
#pragma omp parallel for simd num_threads(threads) schedule(static)
#endif
  for (std::int64_t i = 0; i < n; ++i) {
    std::uint64_t state = base + (static_cast<std::uint64_t>(i) + 1) * gamma;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
    state = state ^ (state >> 31);
    state |= gamma & (std::uint64_t{0} - static_cast<std::uint64_t>(state == 0));
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    const std::uint64_t bits = state * 2685821657736338717U - 1;
#if defined(__AVX2__) && !defined(__AVX512DQ__)
    const auto high = std::bit_cast<double>((bits >> 43) | 0x41e0000000000000U);
    const auto low = std::bit_cast<double>(((bits >> 11) & 0xffffffffU) | 0x3fe0000000000000U);
    const double u = (high - (0x1p31 + 0.5)) + low;
#else
    const double u = static_cast<double>(bits >> 11) * 0x1p-53;
#endif
    double x = std::fma(u, width, lower);
    x = last < x ? last : x;
    const double size = std::abs(x);
    const double complement = (std::numbers::pi - size) + 0x1.1a62633145c07p-53;
    const double r = size < complement ? size : complement;
    const double s = r * r;
    double q = 0x1.8832a54b79f36p-49;
    q = q * s - 0x1.ae4384657ecacp-41;
    q = q * s + 0x1.6123cd0739a71p-33;
    q = q * s - 0x1.ae6454d47468cp-26;
    q = q * s + 0x1.71de3a52a0b16p-19;
    q = q * s - 0x1.a01a01a014d6fp-13;
    q = q * s + 0x1.11111111110c8p-7;
    q = q * s - 0x1.5555555555555p-3;
    const double sine = r + r * (s * q);
    rows[2 * i] = x;
    rows[2 * i + 1] = std::copysign(1.0 < sine ? 1.0 : sine, x);
  }
}

}  // namespace ailoop::perf
