// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/rounding.hpp>

#include <Kokkos_Core.hpp>

namespace ailoop::kernels {

/// Terms of the ascending series after which bessel_j stops in any case; for 0 <= z <= n <= 64 it needs fewer than 90.
inline constexpr int max_bessel_terms = 200;

/// A sum with what its rounding bound is made of.
struct BesselSum {
  double value = 0.0;
  double absolute = 0.0;  ///< sum of the |terms|
  int terms = 0;          ///< how many were added
};

/// Bessel function J_n(z) by its ascending series, sum over k >= 0 of (-1)^k (z/2)^(n+2k) / (k! (n+k)!), until a term
/// no longer changes the sum. Source: NIST DLMF 10.2.2.
///
/// |value - J_n(z)| <= bessel_rounding(n, terms) times `absolute`: term k has 3n + 5k roundings (the half of z in
/// each factor, a division and a product each, then four for the ratio and one for the product), enters at most `terms`
/// sums, and what is left out of the alternating series is less than the term that no longer counted. Underflow comes
/// on top: less than the smallest normal number.
/// \param[in] n order, 0 ... 64
/// \param[in] z 0 <= z <= 64, once rounded; beyond, the value is not accurate or NaN
[[nodiscard]] KOKKOS_INLINE_FUNCTION BesselSum bessel_j(int n, double z) {
  const double half = 0.5 * z;
  double term = 1.0;
  for (int j = 1; j <= n; ++j) term *= half / j;
  const double square = half * half;
  BesselSum sum{term, term, 1};
  for (int k = 1; k < max_bessel_terms; ++k) {
    const double denominator = static_cast<double>(k) * (n + k);
    term *= square / denominator;
    const double next = k % 2 == 0 ? sum.value + term : sum.value - term;
    if (next == sum.value && square < denominator) break;
    sum = {next, sum.absolute + term, k + 1};
  }
  return sum;
}

/// Relative to the sum of the |terms|: bound for the error of bessel_j(n, z) with so many terms.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double bessel_rounding(int n, int terms) {
  return rounding_gamma(3 * n + 6 * terms + 2);
}

}  // namespace ailoop::kernels
