// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

/// \file
/// Sums of w_k phi_k(t), k = 0 ... n, without the phi_k: b_(n+1) = b_(n+2) = 0, then for k = n ... 0
///
///     b_k = w_k + slope_k t b_(k+1) - back_(k+1) b_(k+2),     phi_(k+1) = slope_k t phi_k - back_k phi_(k-1),
///
/// and the sum is b_0: solved for w_k and put into it, all terms cancel but b_0 phi_0. For monomials it is Horner's
/// rule. Source: C. W. Clenshaw, A note on the summation of Chebyshev series, MTAC 9 (1955) 118; NIST DLMF 3.11.15.
///
/// Up to degree 8 a sum of Legendre polynomials is one of P_k / s_k with the weights s_k w_k, each rounded once. With
///
///     s_k = (1/2) (3/4) ... ((2k - 1) / (2k)) = (2k)! / (4^k k!^2),
///
/// the leading coefficients divided by 2^k, DLMF 18.9.1 with Table 18.9.1 becomes
///
///     P_(k+1) / s_(k+1) = 2t P_k / s_k - g_k P_(k-1) / s_(k-1),     g_k = 4k^2 / (4k^2 - 1),
///
/// so that d_k = s_k w_k + 2t d_(k+1) - g_(k+1) d_(k+2) takes one multiplication less than b_k = d_k / s_k: 2t is the
/// same at every k. The s_k are exact in float up to that degree; beyond it, their roundings would add up.
///
/// Rounding changes nothing but the w_k: those for which the computed b_k are exact differ from the given ones by
/// |e_k| <= gamma_5 (|w_k| + |slope_k t b_(k+1)| + |back_(k+1) b_(k+2)|), five roundings at most (with d_k three, 2t
/// being exact), so the sum is off by at most the sum of |e_k phi_k(t)|; on [-1, 1] every Chebyshev and Legendre
/// polynomial is at most 1. Where a b_k or d_k leaves the range of Real the sum is infinite or NaN.

namespace ailoop::kernels {

/// b_k of b_(k+1) and b_(k+2). A multiplication and an addition are two operations everywhere, so that neither the
/// processor nor the place of a point in a batch changes a bit.
template <Basis kind, std::floating_point Real>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real clenshaw_step(Real weight, [[maybe_unused]] Real slope,
                                                        [[maybe_unused]] Real back, Real t, Real next,
                                                        [[maybe_unused]] Real after_next) {
  if constexpr (kind == Basis::monomial) {
    return weight + t * next;
  } else {
    return weight + (slope * t) * next - back * after_next;
  }
}

namespace detail {

/// Degrees whose steps the compiler sees one by one, so that coefficients are constants and points stay in registers.
inline constexpr int unrolled_degree = 8;

/// phi_k / scale(k) for k = 0 ... unrolled_degree: what sums of these degrees are taken of. The phi_k themselves but
/// for Legendre, see above.
template <Basis kind, std::floating_point Real>
struct ScaledRecurrence {
  /// s_k, exact: so are all products and quotients on the way.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static constexpr Real scale([[maybe_unused]] int k) {
    Real product = Real(1);
    if constexpr (kind == Basis::legendre) {
      for (int j = 1; j <= k; ++j) product = product * static_cast<Real>(2 * j - 1) / static_cast<Real>(2 * j);
    }
    return product;
  }

  [[nodiscard]] KOKKOS_INLINE_FUNCTION static constexpr Real slope(int k) {
    return kind == Basis::legendre ? Real(2) : BasisRecurrence<kind, Real>::slope(static_cast<Real>(k));
  }

  /// k >= 1; rounded once.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION static constexpr Real back(int k) {
    if constexpr (kind == Basis::legendre) {
      return static_cast<Real>(4 * k * k) / static_cast<Real>(4 * k * k - 1);
    } else {
      return BasisRecurrence<kind, Real>::back(static_cast<Real>(k));
    }
  }
};

/// The sum at one point for a degree that is a constant.
template <Basis kind, int degree, std::floating_point Real, class Weights>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real scaled_sum(const Weights& weights, Real t) {
  using Recurrence = ScaledRecurrence<kind, Real>;
  constexpr Real highest = Recurrence::scale(degree);
  Real next = highest * weights(degree);
  Real after_next = Real(0);
  const auto step = [&]<int k>(std::integral_constant<int, k>) {
    constexpr Real scale = Recurrence::scale(k);
    constexpr Real slope = Recurrence::slope(k);
    constexpr Real back = Recurrence::back(k + 1);
    const Real value = clenshaw_step<kind>(scale * weights(k), slope, back, t, next, after_next);
    after_next = next;
    next = value;
  };
  [&]<int... s>(std::integer_sequence<int, s...>) {
    (step(std::integral_constant<int, degree - 1 - s>()), ...);
  }(std::make_integer_sequence<int, degree>());
  return next;
}

}  // namespace detail

/// The sum at one point.
/// \param[in] weights callable with k = 0 ... degree
template <Basis kind, std::floating_point Real, class Weights>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real clenshaw(int degree, const Weights& weights, Real t) {
  // bases that are not scaled have the bits of scaled_sum without it, too
  constexpr int largest = kind == Basis::legendre ? detail::unrolled_degree : -1;
  return with_constant<largest>(degree, [&]<class Degree>(Degree n) {
    if constexpr (std::is_same_v<Degree, int>) {
      using Recurrence = BasisRecurrence<kind, Real>;
      Real next = weights(n);
      Real after_next = Real(0);
      for (int k = n - 1; k >= 0; --k) {
        const Real value = clenshaw_step<kind>(weights(k), Recurrence::slope(static_cast<Real>(k)),
                                               Recurrence::back(static_cast<Real>(k + 1)), t, next, after_next);
        after_next = next;
        next = value;
      }
      return next;
    } else {
      return detail::scaled_sum<kind, Degree::value>(weights, t);
    }
  });
}

namespace detail {

/// Points that take each step together: those of one point wait for each other, those of several fill the time.
inline constexpr int points_in_step = 64;

/// A degree that is a constant, and with it the coefficients: y = b_0 + bias.
template <Basis kind, int degree, class Weights, class Real, class X, class Y>
void clenshaw_of_degree(const Weights& weights, Real bias, const X* x, Y* y, std::int64_t n) {
  using Recurrence = ScaledRecurrence<kind, Real>;
  Real w[degree + 1];
  Real scaled[degree + 1];
  for (int k = 0; k <= degree; ++k) {
    w[k] = weights(k);
    scaled[k] = Recurrence::scale(k) * w[k];
  }
  std::int64_t first = 0;
  for (; first + points_in_step <= n; first += points_in_step) {
    Real next[points_in_step];
    Real after_next[points_in_step];
    for (int i = 0; i < points_in_step; ++i) {
      next[i] = scaled[degree];
      after_next[i] = Real(0);
    }
    const auto step = [&]<int k>(std::integral_constant<int, k>) {
      constexpr Real slope = Recurrence::slope(k);
      constexpr Real back = Recurrence::back(k + 1);
      for (int i = 0; i < points_in_step; ++i) {
        const auto t = static_cast<Real>(x[first + i]);
        const Real value = clenshaw_step<kind>(scaled[k], slope, back, t, next[i], after_next[i]);
        after_next[i] = next[i];
        next[i] = value;
      }
    };
    [&]<int... s>(std::integer_sequence<int, s...>) {
      (step(std::integral_constant<int, degree - 1 - s>()), ...);
    }(std::make_integer_sequence<int, degree>());
    for (int i = 0; i < points_in_step; ++i) y[first + i] = static_cast<Y>(next[i] + bias);
  }
  const auto weight = [&w](int k) { return w[k]; };
  for (; first < n; ++first) {
    y[first] = static_cast<Y>(scaled_sum<kind, degree>(weight, static_cast<Real>(x[first])) + bias);
  }
}

/// `steps` steps k, k - 1, ... of a block of points: from b_(k+1) and b_(k+2) to b_(k-steps+1) and b_(k-steps+2).
template <Basis kind, int steps, class Weights, class Real>
void clenshaw_steps(const Weights& weights, int k, std::int64_t n, const Real* t, Real* next, Real* after_next) {
  using Recurrence = BasisRecurrence<kind, Real>;
  Real w[steps];
  Real slopes[steps];
  Real backs[steps];
  for (int s = 0; s < steps; ++s) {
    w[s] = weights(k - s);
    slopes[s] = Recurrence::slope(static_cast<Real>(k - s));
    backs[s] = Recurrence::back(static_cast<Real>(k - s + 1));
  }
  for (std::int64_t i = 0; i < n; ++i) {
    Real value = next[i];
    Real before = after_next[i];
    const auto step = [&](Real weight, Real slope, Real back) {
      const Real sum = clenshaw_step<kind>(weight, slope, back, t[i], value, before);
      before = value;
      value = sum;
    };
    // no loop: compilers look for several points at once in the innermost one
    [&]<int... s>(std::integer_sequence<int, s...>) {
      (step(w[s], slopes[s], backs[s]), ...);
    }(std::make_integer_sequence<int, steps>());
    next[i] = value;
    after_next[i] = before;
  }
}

/// Any degree, a few steps of a block of points at a time.
template <Basis kind, class Weights, class Real, class X, class Y>
void clenshaw_in_blocks(int degree, const Weights& weights, Real bias, const X* x, Y* y, std::int64_t n) {
  constexpr std::int64_t width = 128;
  Real t[width];
  Real next[width];
  Real after_next[width];
  for (std::int64_t first = 0; first < n; first += width) {
    const std::int64_t count = std::min(width, n - first);
    const Real highest = weights(degree);
    for (std::int64_t i = 0; i < count; ++i) {
      t[i] = static_cast<Real>(x[first + i]);
      next[i] = highest;
      after_next[i] = Real(0);
    }
    int k = degree - 1;
    for (; k >= unrolled_degree - 1; k -= unrolled_degree) {
      clenshaw_steps<kind, unrolled_degree>(weights, k, count, t, next, after_next);
    }
    for (; k >= 0; --k) clenshaw_steps<kind, 1>(weights, k, count, t, next, after_next);
    for (std::int64_t i = 0; i < count; ++i) y[first + i] = static_cast<Y>(next[i] + bias);
  }
}

}  // namespace detail

/// The sums and a bias at points in host memory, on the calling thread, by the processor's vectors: the bits of
/// `clenshaw(degree, weights, Real(x[i])) + bias`.
/// \param[in]  degree  0 ...
/// \param[in]  weights callable with k = 0 ... degree, in the precision of the bias, in which everything is computed
/// \param[in]  x       (n) rounded to that precision first
/// \param[out] y       (n) may be x, but must not overlap it otherwise
template <Basis kind, class Weights, std::floating_point Real, class X, class Y>
void clenshaw_points(int degree, const Weights& weights, Real bias, const X* x, Y* y, std::int64_t n) {
  with_constant<detail::unrolled_degree>(degree, [&]<class Degree>(Degree of) {
    if constexpr (std::is_same_v<Degree, int>) {
      detail::clenshaw_in_blocks<kind>(of, weights, bias, x, y, n);
    } else {
      detail::clenshaw_of_degree<kind, Degree::value>(weights, bias, x, y, n);
    }
  });
}

}  // namespace ailoop::kernels
