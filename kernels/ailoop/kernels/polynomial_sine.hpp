// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <numbers>

/// \file
/// A sine without branches, tables and calls, made of multiplications and additions only: loops over it vectorise, and
/// its bits are the same for every instruction set and back end.
///
/// With a = |x|, R = min(a, pi - a) and s = R^2, |sin x| = sin R = R + R s q(s) on 0 <= R <= pi/2. The polynomial q of
/// degree 7, so 17 in x, is the minimax one (Remez' exchange in 300 bits, weighted with s R / sin R for the error
/// relative to the sine); its coefficients were rounded to double one after the other, from the constant on, and those
/// behind fitted again. What is left of |R + R s q(s) - sin R| is below 3.3e-19 sin R.
///
/// Rounding, u = 2^-53, relative to sin R, with v = R cot R, 0 <= v <= 1:
/// - of pi - a: u, from (pi_high - a) + pi_low, where the first difference is exact for pi/2 <= a <= 4 (Sterbenz, in
///   Higham 2002, theorem 2.5); it moves the sine by v u;
/// - of s: u, which moves the sine by (1 - v) / 2 u;
/// - of s q and of R times it: (R / sin R - 1) u each, as R s |q| = R - sin R;
/// - of q: (|q| + 0.044) u, as the last addition is that of the constant and the terms behind are at most 0.0206 and
///   0.0012 and 0.0001 with two roundings each; together (R / sin R - 1 + 0.044 R^3 / sin R) u;
/// - of the last addition: u.
/// The sum, 1 + (1 + v) / 2 + 3 (R / sin R - 1) + 0.044 R^3 / sin R, grows with R from 2 to 3.39 at pi/2. So the
/// relative error is less than 3.4 u + 0.003 u, and polynomial_sine_roundings u leaves room for products of errors.

namespace ailoop::kernels {

/// Largest |x| of polynomial_sine [rad]: beyond pi, so that pi rounded up to float is inside.
inline constexpr double polynomial_sine_limit = 4.0;

/// The |error| of polynomial_sine is at most this times 2^-53 |sin x|; the largest found is 1.92 units in the last
/// place.
inline constexpr double polynomial_sine_roundings = 3.5;

/// Sine of x. Never outside [-1, 1]; odd, -0 included; x itself where x^2 / 6 is below rounding.
/// \param[in] x [rad] |x| <= polynomial_sine_limit; NaN gives NaN
[[nodiscard]] KOKKOS_INLINE_FUNCTION double polynomial_sine(double x) {
  constexpr double pi_high = std::numbers::pi;
  constexpr double pi_low = 0x1.1a62633145c07p-53;
  constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
  const double size = fabs(x);
  const double complement = (pi_high - size) + pi_low;
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
  // the error bound allows the next number above 1; written so that NaN stays NaN
  const double bounded = 1.0 < sine ? 1.0 : sine;
  return bit_cast<double>(bit_cast<std::uint64_t>(bounded) ^ (bit_cast<std::uint64_t>(x) & sign_bit));
}

}  // namespace ailoop::kernels
