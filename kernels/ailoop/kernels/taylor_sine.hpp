#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/prefetch.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/rounding.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/strided.hpp>
#include <ailoop/kernels/taylor_sine_block.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

/// \file
/// The Maclaurin series of sine, truncated: sin x = sum over k >= 0 of (-1)^k x^(2k+1) / (2k+1)!. Source: NIST
/// DLMF 4.19.1. The sum of single terms in ascending order has the same bits as taylor_sine, so the terms may be
/// computed wherever it suits.

namespace ailoop::kernels {

/// Most terms that the functions here accept; far beyond what double can tell apart for |x| <= 20.
inline constexpr int max_taylor_terms = detail::taylor_terms;

/// What turns term k - 1 into term k, k >= 1: -x^2 / (2k (2k+1)). The division comes first, so that nothing overflows
/// before the term itself does; relative error at most gamma_2 for a given square (Higham 2002, section 3.1).
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_ratio(double square, int k) {
  return -(square / (2.0 * k * (2.0 * k + 1.0)));
}

/// Term k of the series, (-1)^k x^(2k+1) / (2k+1)!, as x times the ratios 1 ... k in this order. Relative error at most
/// gamma_3k: for each factor one rounding of x^2, of the ratio and of the product.
/// \param[in] x angle [rad]
/// \param[in] k 0 ... max_taylor_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_term(double x, int k) {
  const double square = x * x;
  double term = x;
  for (int j = 1; j <= k; ++j) term *= taylor_sine_ratio(square, j);
  return term;
}

/// The first n_terms terms, added in ascending order.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_sum(double x, int n_terms) {
  const double square = x * x;
  double term = x;
  double sum = x;
  for (int k = 1; k < n_terms; ++k) {
    term *= taylor_sine_ratio(square, k);
    sum += term;
  }
  return sum;
}

namespace detail {

/// What taylor_sine_bound makes of the first omitted |term| and the sum of the |terms|.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound_of(double size, double term, double sum, int n_terms) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const double truth = sine_epsilons * 0x1p-52 * (size < 1.0 ? size : 1.0);
  const double bound = term + rounding_gamma(4 * n_terms) * sum + truth + tiny;
  return bound * (1.0 + rounding_gamma(4 * n_terms + 16));
}

}  // namespace detail

/// Bound for |taylor_sine_sum(x, n_terms) - sine(x)|, both as computed:
/// - truncation, |x|^(2n+1) / (2n+1)!: Lagrange's remainder, every derivative of sine being at most 1;
/// - rounding of the sum, gamma_4n times the sum of the |terms|: term k has 3k roundings and enters at most n - 1 sums;
/// - rounding of the truth, sine_epsilons 2^-52 min(|x|, 1), which is at least |sin x|;
/// - underflow, less than the smallest normal number;
/// enlarged for the roundings of the bound itself. Infinite x gives an infinite, NaN a NaN bound.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound(double x, int n_terms) {
  const double size = abs(x);
  const double square = x * x;
  double term = size;
  double sum = 0.0;
  for (int k = 1; k <= n_terms; ++k) {
    sum += term;
    term *= -taylor_sine_ratio(square, k);
  }
  return detail::taylor_sine_bound_of(size, term, sum, n_terms);
}

namespace detail {

/// taylor_sine_bound of n <= taylor_block angles, the same operations on each.
inline void taylor_sine_bounds(int n_terms, const double* x, double* e, std::int64_t n) {
  double squares[taylor_block];
  double terms[taylor_block];
  for (std::int64_t i = 0; i < n; ++i) {
    squares[i] = x[i] * x[i];
    terms[i] = abs(x[i]);
    e[i] = 0.0;
  }
  for (int k = 1; k <= n_terms; ++k) {
    for (std::int64_t i = 0; i < n; ++i) {
      e[i] += terms[i];
      terms[i] *= -taylor_sine_ratio(squares[i], k);
    }
  }
  for (std::int64_t i = 0; i < n; ++i) e[i] = taylor_sine_bound_of(abs(x[i]), terms[i], e[i], n_terms);
}

/// Calls work(angles, results, n) for blocks of points first ... first + count - 1 on the host.
template <class X, class Y, class Work>
void in_taylor_blocks(const StridedVector<X>& x, const StridedVector<Y>& y, std::int64_t first, std::int64_t count,
                      const Work& work) {
  constexpr std::int64_t ahead = 256;                    // enough for the last-level cache
  const bool is_dense = x.stride == 1 && y.stride == 1;  // what compilers cannot know, and need for vectors
  double angles[taylor_block];
  double results[taylor_block];
  for (std::int64_t start = first; start < first + count; start += taylor_block) {
    const std::int64_t n = std::min(taylor_block, first + count - start);
    if constexpr (std::is_same_v<X, const double> && std::is_same_v<Y, double>) {
      if (is_dense) {
        if (start + ahead + n <= first + count) {
          prefetch<Access::read>(x.data + start + ahead, n);
          prefetch<Access::write>(y.data + start + ahead, n);
        }
        work(x.data + start, y.data + start, n);
        continue;
      }
    }
    for (std::int64_t i = 0; i < n; ++i) angles[i] = static_cast<double>(x(start + i));
    work(angles, results, n);
    for (std::int64_t i = 0; i < n; ++i) y(start + i) = static_cast<Y>(results[i]);
  }
}

}  // namespace detail

/// One term of the series for a batch of points: a share of the approximation.
/// \param[in]  space instance that runs the kernel; enqueues only, never fences
/// \param[in]  k     which term, 0 ... max_taylor_terms - 1
/// \param[in]  n     points
/// \param[in]  x     (n) angle [rad], in memory that the space can access
/// \param[out] y     (n) [1] (-1)^k x^(2k+1) / (2k+1)!
/// \throws UsageError if k is out of range
template <ExecutionSpace Space, class X, class Y>
void taylor_sine_term(const Space& space, int k, std::int64_t n, const StridedVector<X>& x, const StridedVector<Y>& y) {
  AILOOP_REQUIRE(k >= 0 && k < max_taylor_terms, "taylor_sine_term: k must be from 0 to 63");
  for_each_stretch(
      "ailoop::kernels::taylor_sine_term", space, n,
      KOKKOS_LAMBDA(const std::int64_t i) { y(i) = static_cast<Y>(taylor_sine_term(static_cast<double>(x(i)), k)); },
      [=](std::int64_t first, std::int64_t count) {
        detail::in_taylor_blocks(x, y, first, count, [=](const double* angles, double* results, std::int64_t m) {
          detail::taylor_sine_terms(k, angles, results, m);
        });
      });
}

/// The same for Views.
/// \throws UsageError if k is out of range or the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D Y>
void taylor_sine_term(const Space& space, int k, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, X, Y>, "taylor_sine_term: x and y must be accessible from Space");
  static_assert(is_writable_v<Y>, "taylor_sine_term: y must not be const");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "taylor_sine_term: x and y must have the same length");
  taylor_sine_term(space, k, length(x), StridedVector<typename X::const_value_type>::of(x),
                   StridedVector<typename Y::value_type>::of(y));
}

/// The truncated series for a batch of points, terms added in ascending order.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  n_terms terms kept, 1 ... max_taylor_terms
/// \param[in]  x       (n) angle [rad]
/// \param[out] y       (n) [1], |y - sin x| <= taylor_sine_bound
/// \throws UsageError  if n_terms is out of range or the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D Y>
void taylor_sine(const Space& space, int n_terms, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, X, Y>, "taylor_sine: x and y must be accessible from Space");
  static_assert(is_writable_v<Y>, "taylor_sine: y must not be const");
  AILOOP_REQUIRE(n_terms >= 1 && n_terms <= max_taylor_terms, "taylor_sine: n_terms must be from 1 to 64");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "taylor_sine: x and y must have the same length");
  using Real = typename Y::value_type;
  const auto from = StridedVector<typename X::const_value_type>::of(x);
  const auto to = StridedVector<Real>::of(y);
  for_each_stretch(
      "ailoop::kernels::taylor_sine", space, length(x),
      KOKKOS_LAMBDA(const std::int64_t i) {
        to(i) = static_cast<Real>(taylor_sine_sum(static_cast<double>(from(i)), n_terms));
      },
      [=](std::int64_t first, std::int64_t count) {
        detail::in_taylor_blocks(from, to, first, count, [=](const double* angles, double* results, std::int64_t n) {
          detail::taylor_sine_sums(n_terms, angles, results, n);
        });
      });
}

/// Bound for the error of the truncated series, rounding included; see taylor_sine_bound.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  n_terms terms kept, 1 ... max_taylor_terms
/// \param[in]  n       points
/// \param[in]  x       (n) angle [rad], in memory that the space can access
/// \param[out] e       (n) [1] double: rounding the bound to less could lose it
/// \throws UsageError  if n_terms is out of range
template <ExecutionSpace Space, class X>
void taylor_sine_error(const Space& space, int n_terms, std::int64_t n, const StridedVector<X>& x,
                       const StridedVector<double>& e) {
  AILOOP_REQUIRE(n_terms >= 1 && n_terms <= max_taylor_terms, "taylor_sine_error: n_terms must be from 1 to 64");
  for_each_stretch(
      "ailoop::kernels::taylor_sine_error", space, n,
      KOKKOS_LAMBDA(const std::int64_t i) { e(i) = taylor_sine_bound(static_cast<double>(x(i)), n_terms); },
      [=](std::int64_t first, std::int64_t count) {
        detail::in_taylor_blocks(x, e, first, count, [=](const double* angles, double* bounds, std::int64_t m) {
          detail::taylor_sine_bounds(n_terms, angles, bounds, m);
        });
      });
}

/// The same for Views.
/// \throws UsageError if n_terms is out of range or the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D E>
void taylor_sine_error(const Space& space, int n_terms, const X& x, const E& e) {
  static_assert(is_accessible_v<Space, X, E>, "taylor_sine_error: x and e must be accessible from Space");
  static_assert(std::is_same_v<typename E::value_type, double>, "taylor_sine_error: e must hold mutable doubles");
  AILOOP_REQUIRE(x.extent(0) == e.extent(0), "taylor_sine_error: x and e must have the same length");
  taylor_sine_error(space, n_terms, length(x), StridedVector<typename X::const_value_type>::of(x),
                    StridedVector<double>::of(e));
}

}  // namespace ailoop::kernels
