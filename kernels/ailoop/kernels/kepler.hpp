// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/sine.hpp>

#include <Kokkos_Core.hpp>

#include <limits>

/// \file
/// Kepler's equation M = E - e sin E: the truth of the problem `kepler`.
///
/// Why the solution has an error of a few roundings whatever the eccentricity, u = 2^-53 (sine_epsilons as in
/// sine.hpp):
/// 1. The left side is added up as S(E) = (1 - e) E + e D(E), D(E) = E - sin E >= 0. No term is negative, so nothing
///    cancels: with D to 6 u (see angle_minus_sine), S is off by at most 10 u S.
/// 2. An error d of S moves the solution by d / S'(E), S' = 1 - e cos E. As sin(E) / E >= cos E up to 4.49, where
///    tan E = E, S / E = 1 - e sin(E) / E <= S': the relative error of E is at most that of S.
/// 3. A Newton step from E that is at most 2^-30 E long ends within 1.21 (2^-28)^2 < u / 5 of the solution, relatively:
///    its error is S''(z) / (2 S'(E)) times the square of the distance, which is below 2^-28 E because S' hardly
///    changes on that way; S'' <= e z, and S' >= 2 e sin^2(E / 2) >= 0.41 e E^2 for E <= 4. Near the end S and M are so
///    close that S - M is exact (Sterbenz: Higham 2002, theorem 2.5); the subtraction of the step rounds once.
/// Together less than 12 u |E|: kepler_roundings. In general one would lose a factor M / (E (1 - e)) in step 2 to an S
/// that is computed as E - e sin E.

namespace ailoop::kernels {

/// Largest |M| that solve_kepler takes [rad]: beyond pi, so that pi rounded up to float is among them, and small enough
/// for the solution to stay below 4.49.
inline constexpr double kepler_largest_mean_anomaly = 4.0;

/// solve_kepler's |error| is at most this times 2^-53 |E|, and the smallest denormal number.
inline constexpr int kepler_roundings = 12;

/// Iterations after which solve_kepler gives up; inside its domain fewer than 40 are needed.
inline constexpr int kepler_iterations = 100;

/// x - sin x for 0 <= x <= 5, with a relative error of at most 6 u: below 1.5 by its series, nested (the terms from
/// x^25 / 25! on are left out: 3e-21 of the value), above it directly, where the value is at least 1/2 and sine is off
/// by at most 2 u.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double angle_minus_sine(double x) {
  if (x >= 1.5) return x - sin(x);
  const double square = x * x;
  double nested = 1.0;
  for (int k = 10; k >= 1; --k) nested = 1.0 - square / ((2.0 * k + 2.0) * (2.0 * k + 3.0)) * nested;
  return x * square / 6.0 * nested;
}

/// What solve_kepler found.
struct KeplerSolution {
  double eccentric_anomaly = 0.0;  ///< [rad] NaN unless it converged
  int iterations = 0;
  bool converged = false;
};

/// Solves M = E - e sin E by Newton's method between bounds; it bisects when a step leaves them or is more than half as
/// long as the step before.
/// \param[in] mean_anomaly  M [rad], |M| <= kepler_largest_mean_anomaly
/// \param[in] eccentricity  e [1], 0 <= e < 1
/// \return |E - exact| <= kepler_roundings u |E|; not converged for anything outside these ranges, NaN included
[[nodiscard]] KOKKOS_INLINE_FUNCTION KeplerSolution solve_kepler(double mean_anomaly, double eccentricity) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const double size = fabs(mean_anomaly);
  // written so that NaN fails it
  if (!(eccentricity >= 0.0 && eccentricity < 1.0 && size <= kepler_largest_mean_anomaly)) return {nan, 0, false};

  const double complement = 1.0 - eccentricity;
  double upper = size / complement;
  // Here e D(E) <= upper^3 / 6 is too little to matter beside (1 - e) E; keeps zero and denormal numbers out of the
  // loop.
  if (upper * upper <= complement * 0x1p-54) return {mean_anomaly / complement, 0, true};
  upper = size + eccentricity < upper ? size + eccentricity : upper;
  upper *= 1.0 + 0x1p-50;  // rounding must not exclude the solution
  double lower = 0.0;

  double anomaly = upper;  // from above, where S - M is convex for M < pi and Newton's steps do not overshoot
  double last_step = upper;
  for (int iteration = 1; iteration <= kepler_iterations; ++iteration) {
    const double residual = (complement * anomaly + eccentricity * angle_minus_sine(anomaly)) - size;
    const double half_sine = sin(0.5 * anomaly);
    const double step = residual / (complement + 2.0 * eccentricity * half_sine * half_sine);
    if (fabs(step) <= 0x1p-30 * anomaly) {
      const double solution = anomaly - step;
      return {mean_anomaly < 0.0 ? -solution : solution, iteration, true};
    }
    (residual > 0.0 ? upper : lower) = anomaly;
    double next = anomaly - step;
    if (!(next > lower && next < upper) || 2.0 * fabs(step) > last_step) next = 0.5 * (lower + upper);
    last_step = fabs(next - anomaly);
    anomaly = next;
  }
  return {nan, kepler_iterations, false};
}

}  // namespace ailoop::kernels
