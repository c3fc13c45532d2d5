#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/rounding.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/strided.hpp>

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
inline constexpr int max_taylor_terms = 64;

/// 1 / (2k (2k+1)): this times -x^2 turns term k - 1 into term k, k >= 1. Rounded once.
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr double taylor_sine_factor(int k) {
  return 1.0 / (2.0 * k * (2.0 * k + 1.0));
}

/// Term k of the series, (-1)^k x^(2k+1) / (2k+1)!, as x times the ratios of terms 1 ... k in this order. Relative error
/// at most gamma_4k (Higham 2002, section 3.1): for each ratio one rounding of x^2, of the factor and of both products.
/// \param[in] x angle [rad]
/// \param[in] k 0 ... max_taylor_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_term(double x, int k) {
  const double square = x * x;
  double term = x;
  for (int j = 1; j <= k; ++j) term *= -(square * taylor_sine_factor(j));
  return term;
}

/// The first n_terms terms, added in ascending order.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_sum(double x, int n_terms) {
  const double square = x * x;
  double term = x;
  double sum = x;
  for (int k = 1; k < n_terms; ++k) {
    term *= -(square * taylor_sine_factor(k));
    sum += term;
  }
  return sum;
}

namespace detail {

/// What taylor_sine_bound makes of the first omitted |term| and the sum of the |terms|.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound_of(double size, double term, double sum, int n_terms) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const double truth = sine_epsilons * 0x1p-52 * (size < 1.0 ? size : 1.0);
  const double bound = term + rounding_gamma(5 * n_terms) * sum + truth + tiny;
  return bound * (1.0 + rounding_gamma(5 * n_terms + 16));
}

}  // namespace detail

/// Bound for |taylor_sine_sum(x, n_terms) - sine(x)|, both as computed:
/// - truncation, |x|^(2n+1) / (2n+1)!: Lagrange's remainder, every derivative of sine being at most 1;
/// - rounding of the sum, gamma_5n times the sum of the |terms|: term k has 4k roundings and enters at most n - 1 sums;
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
    term *= square * taylor_sine_factor(k);
  }
  return detail::taylor_sine_bound_of(size, term, sum, n_terms);
}

namespace detail {

/// Points that the host takes at a time: as many as its registers hold.
inline constexpr int taylor_block = 16;

/// Terms and sums of a block of points; the operations on each are those of the functions of one point.
struct TaylorBlock {
  double squares[taylor_block];
  double terms[taylor_block];
  double sums[taylor_block];

  explicit TaylorBlock(const double* x) {
    for (int i = 0; i < taylor_block; ++i) {
      squares[i] = x[i] * x[i];
      terms[i] = x[i];
      sums[i] = x[i];
    }
  }

  /// Takes all points to the term behind, and adds it.
  void advance(double factor) {
    for (int i = 0; i < taylor_block; ++i) {
      terms[i] *= squares[i] * factor;
      sums[i] += terms[i];
    }
  }
};

/// Calls work(angles, results) for blocks of the points first ... first + count - 1 on the host, the last one filled up
/// with zeros.
template <class X, class Y, class Work>
void in_taylor_blocks(const StridedVector<X>& x, const StridedVector<Y>& y, std::int64_t first, std::int64_t count,
                      const Work& work) {
  const bool is_dense = x.stride == 1 && y.stride == 1;  // what compilers cannot know, and need for vectors
  for (std::int64_t start = first; start < first + count; start += taylor_block) {
    const std::int64_t n = std::min<std::int64_t>(taylor_block, first + count - start);
    if constexpr (std::is_same_v<X, const double> && std::is_same_v<Y, double>) {
      if (is_dense && n == taylor_block) {
        work(x.data + start, y.data + start);
        continue;
      }
    }
    double angles[taylor_block] = {};
    double results[taylor_block];
    for (std::int64_t i = 0; i < n; ++i) angles[i] = static_cast<double>(x(start + i));
    work(angles, results);
    for (std::int64_t i = 0; i < n; ++i) y(start + i) = static_cast<Y>(results[i]);
  }
}

/// taylor_sine_term of a block.
inline void taylor_sine_terms(int k, const double* x, double* y) {
  TaylorBlock block(x);
  for (int j = 1; j <= k; ++j) block.advance(-taylor_sine_factor(j));
  std::copy_n(block.terms, taylor_block, y);
}

/// taylor_sine_sum of a block.
inline void taylor_sine_sums(int n_terms, const double* x, double* y) {
  TaylorBlock block(x);
  for (int k = 1; k < n_terms; ++k) block.advance(-taylor_sine_factor(k));
  std::copy_n(block.sums, taylor_block, y);
}

/// taylor_sine_bound of a block.
inline void taylor_sine_bounds(int n_terms, const double* x, double* e) {
  double sizes[taylor_block];
  for (int i = 0; i < taylor_block; ++i) sizes[i] = abs(x[i]);
  TaylorBlock block(sizes);
  for (int k = 1; k < n_terms; ++k) block.advance(taylor_sine_factor(k));
  for (int i = 0; i < taylor_block; ++i) {
    const double next = block.terms[i] * (block.squares[i] * taylor_sine_factor(n_terms));
    e[i] = taylor_sine_bound_of(sizes[i], next, block.sums[i], n_terms);
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
        detail::in_taylor_blocks(x, y, first, count, [=](const double* angles, double* results) {
          detail::taylor_sine_terms(k, angles, results);
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
        detail::in_taylor_blocks(from, to, first, count, [=](const double* angles, double* results) {
          detail::taylor_sine_sums(n_terms, angles, results);
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
        detail::in_taylor_blocks(x, e, first, count, [=](const double* angles, double* bounds) {
          detail::taylor_sine_bounds(n_terms, angles, bounds);
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
