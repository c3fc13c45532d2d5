// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/basis_family.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>

namespace ailoop::kernels {

/// The three-term recurrence of phi_0(x), phi_1(x), ..., in the precision Real, to any degree. x is not scaled. With
/// contraction off the same bits everywhere; values that leave the range of Real become infinite, then (but for
/// monomials) NaN.
///
/// Chebyshev and Legendre values for |x| <= 1 stay accurate at high degree; outside, all four grow like their leading
/// term. Source: NIST DLMF 18.9.1 with Table 18.9.1.
template <Basis kind, std::floating_point Real>
struct BasisRecurrence {
  /// phi_-1(x), chosen such that the recurrence gives phi_1, too: T_-1 = T_1.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static Real start([[maybe_unused]] Real x) {
    return kind == Basis::chebyshev ? x : Real(0);
  }

  /// phi_(k+1)(x) from phi_k(x) and phi_(k-1)(x).
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static Real after(Real x, Real value, [[maybe_unused]] Real previous,
                                                         [[maybe_unused]] Real k) {
    if constexpr (kind == Basis::monomial) {
      return x * value;
    } else if constexpr (kind == Basis::chebyshev) {
      return Real(2) * x * value - previous;
    } else if constexpr (kind == Basis::legendre) {
      return ((Real(2) * k + Real(1)) * x * value - k * previous) / (k + Real(1));
    } else {
      static_assert(kind == Basis::hermite, "BasisRecurrence: a basis without a recurrence");
      return Real(2) * x * value - Real(2) * k * previous;
    }
  }

  /// phi_(k+1)(x) = slope(k) x phi_k(x) - back(k) phi_(k-1)(x), each coefficient rounded once.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static constexpr Real slope([[maybe_unused]] Real k) {
    if constexpr (kind == Basis::monomial) {
      return Real(1);
    } else if constexpr (kind == Basis::chebyshev) {
      return k == Real(0) ? Real(1) : Real(2);
    } else if constexpr (kind == Basis::legendre) {
      return (Real(2) * k + Real(1)) / (k + Real(1));
    } else {
      return Real(2);
    }
  }

  /// See slope. k >= 1.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static constexpr Real back([[maybe_unused]] Real k) {
    if constexpr (kind == Basis::monomial) {
      return Real(0);
    } else if constexpr (kind == Basis::chebyshev) {
      return Real(1);
    } else if constexpr (kind == Basis::legendre) {
      return k / (k + Real(1));
    } else {
      return Real(2) * k;
    }
  }
};

/// Calls f(k, phi_k(x)) for k = 0 ... degree, in this order.
template <Basis kind, std::floating_point Real, class Function>
KOKKOS_INLINE_FUNCTION void basis_values(int degree, Real x, const Function& f) {
  using Recurrence = BasisRecurrence<kind, Real>;
  Real previous = Recurrence::start(x);
  Real value = Real(1);
  Real order = Real(0);  // exact in float up to 2^24
  for (int k = 0; k < degree; ++k) {
    f(k, value);
    const Real next = Recurrence::after(x, value, previous, order);
    previous = value;
    value = next;
    order += Real(1);
  }
  f(degree, value);
}

}  // namespace ailoop::kernels
