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

#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

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

namespace detail {

/// A number of steps that the compiler knows, so that those of several points fit into vectors.
template <int count>
using Steps = std::integral_constant<int, count>;

/// From term 0 to term `last`: term times the ratios 1 ... last, whose sign is given, and the sum up to it.
KOKKOS_FORCEINLINE_FUNCTION void advance(int last, double sign, double square, double& term, double& sum) {
  for (int k = 1; k <= last; ++k) {
    term *= square * (sign * taylor_sine_factor(k));
    sum += term;
  }
}

// no loop, and inlined: compilers look for several points at once in the innermost loop
template <int last>
KOKKOS_FORCEINLINE_FUNCTION void advance(Steps<last> /*last*/, double sign, double square, double& term, double& sum) {
  if constexpr (last > 0) {
    advance(Steps<last - 1>(), sign, square, term, sum);
    term *= square * (sign * taylor_sine_factor(last));
    sum += term;
  }
}

template <class Last>
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double taylor_term(double x, Last last) {
  double term = x;
  double sum = x;
  advance(last, -1.0, x * x, term, sum);
  return term;
}

template <class Last>
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double taylor_sum(double x, Last last) {
  double term = x;
  double sum = x;
  advance(last, -1.0, x * x, term, sum);
  return sum;
}

/// Of the sum up to term `last`.
template <class Last>
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double taylor_bound(double x, Last last) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const int n_terms = last + 1;
  const double size = abs(x);
  const double square = x * x;
  double term = size;
  double sum = size;
  advance(last, 1.0, square, term, sum);
  const double next = term * (square * taylor_sine_factor(n_terms));
  constexpr double largest = sine_epsilons * 0x1p-52;
  const double relative = largest * size;
  const double truth = relative < largest ? relative : largest;  // without a branch, in vectors
  const double bound = next + rounding_gamma(5 * n_terms) * sum + truth + tiny;
  return bound * (1.0 + rounding_gamma(5 * n_terms + 16));
}

}  // namespace detail

/// Term k of the series, (-1)^k x^(2k+1) / (2k+1)!, as x times the ratios of terms 1 ... k in this order. Relative
/// error at most gamma_4k (Higham 2002, section 3.1): for each ratio one rounding of x^2, of the factor and of both
/// products.
/// \param[in] x angle [rad]
/// \param[in] k 0 ... max_taylor_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_term(double x, int k) { return detail::taylor_term(x, k); }

/// The first n_terms terms, added in ascending order.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_sum(double x, int n_terms) {
  return detail::taylor_sum(x, n_terms - 1);
}

/// Bound for |taylor_sine_sum(x, n_terms) - sine(x)|, both as computed:
/// - truncation, |x|^(2n+1) / (2n+1)!: Lagrange's remainder, every derivative of sine being at most 1;
/// - rounding of the sum, gamma_5n times the sum of the |terms|: term k has 4k roundings and enters at most n - 1 sums;
/// - rounding of the truth, sine_epsilons 2^-52 min(|x|, 1), which is at least |sin x|;
/// - underflow, less than the smallest normal number;
/// enlarged for the roundings of the bound itself. Infinite x gives an infinite, NaN a NaN bound.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound(double x, int n_terms) {
  return detail::taylor_bound(x, n_terms - 1);
}

namespace detail {

/// Most steps that a compiler is told.
inline constexpr int most_known_steps = 15;

/// Calls work(steps) with a number that the compiler knows, where it is not too large.
template <int candidate = 0, class Work>
void with_steps(int steps, const Work& work) {
  if constexpr (candidate > most_known_steps) {
    work(steps);
  } else if (steps == candidate) {
    work(Steps<candidate>());
  } else {
    with_steps<candidate + 1>(steps, work);
  }
}

/// y(i) = series(x(i), steps) for i = first ... first + count - 1, on the host.
template <class X, class Y, class Series>
void over_stretch(const StridedVector<X>& x, const StridedVector<Y>& y, int steps, std::int64_t first,
                  std::int64_t count, const Series& series) {
  with_steps(steps, [&](auto known) {
    if (x.stride == 1 && y.stride == 1) {  // what compilers cannot know, and need for vectors
      for (std::int64_t i = first; i < first + count; ++i) {
        y.data[i] = static_cast<Y>(series(static_cast<double>(x.data[i]), known));
      }
    } else {
      for (std::int64_t i = first; i < first + count; ++i) {
        y(i) = static_cast<Y>(series(static_cast<double>(x(i)), known));
      }
    }
  });
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
        detail::over_stretch(x, y, k, first, count,
                             [](double angle, auto last) { return detail::taylor_term(angle, last); });
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
/// \param[in]  n       points
/// \param[in]  x       (n) angle [rad], in memory that the space can access
/// \param[out] y       (n) [1], |y - sin x| <= taylor_sine_bound
/// \throws UsageError  if n_terms is out of range
template <ExecutionSpace Space, class X, class Y>
void taylor_sine(const Space& space, int n_terms, std::int64_t n, const StridedVector<X>& x,
                 const StridedVector<Y>& y) {
  AILOOP_REQUIRE(n_terms >= 1 && n_terms <= max_taylor_terms, "taylor_sine: n_terms must be from 1 to 64");
  for_each_stretch(
      "ailoop::kernels::taylor_sine", space, n,
      KOKKOS_LAMBDA(const std::int64_t i) {
        y(i) = static_cast<Y>(taylor_sine_sum(static_cast<double>(x(i)), n_terms));
      },
      [=](std::int64_t first, std::int64_t count) {
        detail::over_stretch(x, y, n_terms - 1, first, count,
                             [](double angle, auto last) { return detail::taylor_sum(angle, last); });
      });
}

/// The same for Views.
/// \throws UsageError if n_terms is out of range or the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D Y>
void taylor_sine(const Space& space, int n_terms, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, X, Y>, "taylor_sine: x and y must be accessible from Space");
  static_assert(is_writable_v<Y>, "taylor_sine: y must not be const");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "taylor_sine: x and y must have the same length");
  taylor_sine(space, n_terms, length(x), StridedVector<typename X::const_value_type>::of(x),
              StridedVector<typename Y::value_type>::of(y));
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
        detail::over_stretch(x, e, n_terms - 1, first, count,
                             [](double angle, auto last) { return detail::taylor_bound(angle, last); });
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
