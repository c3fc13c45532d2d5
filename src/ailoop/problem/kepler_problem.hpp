// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/kepler.hpp>
#include <ailoop/kernels/kepler_series.hpp>
#include <ailoop/problem/make_problem.hpp>

namespace ailoop {

/// Kepler's equation M = E - e sin E: x = (M, e), mean anomaly in [-pi, pi) and eccentricity in [0, eccentricity_max);
/// y = E, the eccentric anomaly. Truth: Newton's method between bounds. Approximation: Fourier series in M with Bessel
/// functions as coefficients (Watson 1944, section 17.2); each term is a share, and M belongs to the first.
/// Bound: a sharper form of Kapteyn's inequality (NIST DLMF 10.14.2, 10.14.8) for what is left out, plus rounding; see
/// kernels/kepler_series.hpp.
struct Kepler {
  double eccentricity_max = 0.5;
  std::int64_t terms = 8;

  [[nodiscard]] Facts facts() const;

  KOKKOS_FUNCTION PointStatus truth(const double* x, double* y) const {
    const kernels::KeplerSolution solution = kernels::solve_kepler(x[0], x[1]);
    y[0] = solution.eccentric_anomaly;
    return solution.converged ? PointStatus::valid : PointStatus::failed;
  }
  [[nodiscard]] KOKKOS_FUNCTION double approximation(std::int64_t share, const double* x) const {
    return kernels::kepler_series_term(x[0], x[1], static_cast<int>(share));
  }
  [[nodiscard]] KOKKOS_FUNCTION double approximation_error(const double* x) const {
    return kernels::kepler_series_bound(x[0], x[1], static_cast<int>(terms));
  }
};

void describe(Visitor& v, Kepler& kepler);

using KeplerProblem = detail::PointwiseProblem<Kepler>;

}  // namespace ailoop
