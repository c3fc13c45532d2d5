// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/bessel.hpp>
#include <ailoop/kernels/kepler.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/rounding.hpp>
#include <ailoop/kernels/sine.hpp>

#include <Kokkos_Core.hpp>

#include <limits>
#include <numbers>

/// \file
/// The solution of Kepler's equation as a Fourier series in the mean anomaly, truncated:
/// E = M + sum over n >= 1 of (2/n) J_n(n e) sin(n M). Source: Watson, A Treatise on the Theory of Bessel Functions,
/// 2nd edition, 1944, section 17.2. (Proof: E - M is odd and 2 pi-periodic in M; integrated by parts its coefficients
/// are 2 / (n pi) times the integral of cos(n E - n e sin E) over E from 0 to pi, and that is Bessel's integral, NIST
/// DLMF 10.9.2.)
///
/// What the truncation leaves out: let q = e exp(s) / (1 + s), s = sqrt(1 - e^2). Then 0 <= J_n(n e) <= J_n(n) q^n, and
/// J_n(n) < 0.4474 n^(-1/3) (NIST DLMF 10.14.2). (This is Kapteyn's inequality J_n(n e) <= q^n, NIST DLMF 10.14.8, with
/// a factor below 1. Proof: w(z) = z J_n'(z) / J_n(z) satisfies z w' = n^2 - z^2 - w^2, and w > sqrt(n^2 - z^2) for
/// small z > 0. They cannot meet before z = n: w' would be 0 there, but the root's slope is negative. So log J_n(n t)
/// grows at least at the rate n sqrt(1 - t^2) / t, and the integral of that from t = e to 1 is -n log q. J_n has no
/// zero in (0, n].)

namespace ailoop::kernels {

/// Most terms that the functions here accept.
inline constexpr int max_kepler_terms = 64;

/// Share k of the series: term n = k + 1, and with k = 0 the mean anomaly itself.
/// \param[in] k 0 ... max_kepler_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double kepler_series_term(double mean_anomaly, double eccentricity, int k) {
  const int n = k + 1;
  const double term = 2.0 / n * bessel_j(n, n * eccentricity).value * sin(n * mean_anomaly);
  return k == 0 ? mean_anomaly + term : term;
}

/// Bound for the sum over n >= m of (2/n) J_n(n e) |sin n M|, m >= 2. With J_n(n e) as above and |sin n M| at most 1
/// and n times the distance of M from 0 or +-pi, term n is at most 0.8948 m^(-1/3) min(1/m, distance) q^n: a geometric
/// series. Where q is nearly 1 the sum of n^(-4/3), at most m^(-4/3) + 3 m^(-1/3), is less.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double kepler_series_tail(double mean_anomaly, double eccentricity, int m) {
  const double from_zero = fabs(mean_anomaly);
  const double from_pi = fabs(std::numbers::pi - from_zero) + 0x1p-50;  // that pi is rounded
  const double distance = from_zero < from_pi ? from_zero : from_pi;
  const double each = distance < 1.0 / m ? distance : 1.0 / m;

  const double s = sqrt((1.0 - eccentricity) * (1.0 + eccentricity));
  double q = eccentricity * exp(s) / (1.0 + s) * (1.0 + 0x1p-48);  // from above: fewer than 20 roundings
  q = q < 1.0 ? q : 1.0;
  double power = q;
  for (int j = 1; j < m; ++j) power *= q;
  const double geometric = each / (1.0 - q);
  const double slow = 1.0 / m + 3.0;
  return 0.8948 / cbrt(static_cast<double>(m)) * power * (geometric < slow ? geometric : slow);
}

/// Bound for |sum of the first n_terms terms, added in ascending order, - solve_kepler(M, e)|, both as computed:
/// - truncation, kepler_series_tail;
/// - rounding of the coefficients (2/n) J_n(n e), see bessel_j, and of the products with 2/n and the sine;
/// - rounding of sin n M: that of the angle, u n |M|, and sine_epsilons 2^-52 min(1, n |M|);
/// - rounding of the sum, gamma_n_terms times the sum of the |terms|, |M| being one of them;
/// - rounding of the truth, kepler_roundings u |E|, |E| being at most |M| + e and at most |M| / (1 - e);
/// - underflow, less than the smallest normal number;
/// enlarged for the roundings of the bound itself. Infinite outside 0 <= e < 1 and |M| <= kepler_largest_mean_anomaly,
/// NaN for NaN. With many terms and e near 1 the ascending series of J_n cancels, and rounding is the largest part.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double kepler_series_bound(double mean_anomaly, double eccentricity, int n_terms) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double tiny = std::numeric_limits<double>::min();
  const double size = fabs(mean_anomaly);
  if (!(eccentricity >= 0.0 && eccentricity < 1.0 && size <= kepler_largest_mean_anomaly)) {
    return mean_anomaly != mean_anomaly || eccentricity != eccentricity ? mean_anomaly + eccentricity : infinity;
  }
  double rounding = 0.0;
  double sum = size;
  for (int n = 1; n <= n_terms; ++n) {
    const BesselSum bessel = bessel_j(n, n * eccentricity);
    const double sine = n * size < 1.0 ? n * size : 1.0;
    // one term more in the bound stands for the three products
    const double coefficient_error = bessel_rounding(n, bessel.terms + 1) * bessel.absolute;
    const double sine_error = 0x1p-53 * n * size + sine_epsilons * 0x1p-52 * sine;
    const double largest = bessel.value + coefficient_error;
    rounding += 2.0 / n * (coefficient_error * sine + largest * sine_error);
    sum += 2.0 / n * largest * sine;
  }
  rounding += rounding_gamma(n_terms) * sum;
  const double linear = size / (1.0 - eccentricity);
  const double anomaly = linear < size + eccentricity ? linear : size + eccentricity;
  const double truth = rounding_gamma(kepler_roundings) * anomaly;
  const double tail = kepler_series_tail(mean_anomaly, eccentricity, n_terms + 1);
  return (tail + rounding + truth + tiny) * (1.0 + rounding_gamma(12 * max_bessel_terms));
}

}  // namespace ailoop::kernels
