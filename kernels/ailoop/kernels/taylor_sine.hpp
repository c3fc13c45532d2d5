// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
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

/// A term of the series, the sum of all terms up to it, and the sum of their sizes.
struct PartialSeries {
  double term = 0.0;
  double sum = 0.0;
  double size = 0.0;

  KOKKOS_FORCEINLINE_FUNCTION void add_next(int k, double square) {
    term *= square * -taylor_sine_factor(k);
    sum += term;
    size += fabs(term);
  }
};

KOKKOS_FORCEINLINE_FUNCTION void advance(int last, double square, PartialSeries& series) {
  for (int k = 1; k <= last; ++k) series.add_next(k, square);
}

// no loop, and inlined: compilers look for several points at once in the innermost loop
template <int last>
KOKKOS_FORCEINLINE_FUNCTION void advance(std::integral_constant<int, last> /*last*/, double square,
                                         PartialSeries& series) {
  if constexpr (last > 0) {
    advance(std::integral_constant<int, last - 1>(), square, series);
    series.add_next(last, square);
  }
}

/// Up to term `last`, an int or a constant that the compiler knows.
template <class Last>
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION PartialSeries series_up_to(Last last, double x) {
  PartialSeries series{x, x, fabs(x)};
  advance(last, x * x, series);
  return series;
}

/// Of the error of such a sum; see taylor_sine_bound.
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double bound_of(const PartialSeries& series, int n_terms, double x) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const double next = fabs(series.term) * (x * x * taylor_sine_factor(n_terms));
  constexpr double largest = sine_epsilons * 0x1p-52;
  const double relative = largest * fabs(x);
  const double truth = relative < largest ? relative : largest;  // without a branch, in vectors
  const double bound = next + rounding_gamma(5 * n_terms) * series.size + truth + tiny;
  return bound * (1.0 + rounding_gamma(5 * n_terms + 16));
}

}  // namespace detail

/// Term k of the series, (-1)^k x^(2k+1) / (2k+1)!, as x times the ratios of terms 1 ... k in this order. Relative
/// error at most gamma_4k (Higham 2002, section 3.1): for each ratio one rounding of x^2, of the factor and of both
/// products.
/// \param[in] x angle [rad]
/// \param[in] k 0 ... max_taylor_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_term(double x, int k) {
  return detail::series_up_to(k, x).term;
}

/// The first n_terms terms, added in ascending order.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_sum(double x, int n_terms) {
  return detail::series_up_to(n_terms - 1, x).sum;
}

/// Bound for |taylor_sine_sum(x, n_terms) - sine(x)|, both as computed:
/// - truncation, |x|^(2n+1) / (2n+1)!: Lagrange's remainder, every derivative of sine being at most 1;
/// - rounding of the sum, gamma_5n times the sum of the |terms|: term k has 4k roundings and enters at most n - 1 sums;
/// - rounding of the truth, sine_epsilons 2^-52 min(|x|, 1), which is at least |sin x|;
/// - underflow, less than the smallest normal number;
/// enlarged for the roundings of the bound itself. Infinite x gives an infinite, NaN a NaN bound.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound(double x, int n_terms) {
  return detail::bound_of(detail::series_up_to(n_terms - 1, x), n_terms, x);
}

namespace detail {

[[nodiscard]] inline StridedVector<double> no_numbers() { return {nullptr, 0}; }

enum class Wanted { term, sum, bound, sum_and_bound };

/// What is wanted of the series up to term `last`, as the body of a kernel: at one point, and over some of them on the
/// host.
template <Wanted wanted, class X, class Y>
struct SeriesAtPoints {
  StridedVector<X> x;
  StridedVector<Y> y;  ///< term or sum
  StridedVector<double> bound{nullptr, 0};
  int last = 0;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const { put(last, i); }

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t first, std::int64_t count) const {
    constexpr int most_known_terms = 15;  // from here on `last` is no constant
    with_constant<most_known_terms>(last, [&](auto known) {
      if (x.stride == 1 && y.stride == 1 && bound.stride == 1) {  // what compilers cannot know, and need for vectors
        const SeriesAtPoints dense{{x.data, x.size}, {y.data, y.size}, {bound.data, bound.size}, last};
        for (std::int64_t i = first; i < first + count; ++i) dense.put(known, i);
      } else {
        for (std::int64_t i = first; i < first + count; ++i) put(known, i);
      }
    });
  }

 private:
  template <class Last>
  KOKKOS_FORCEINLINE_FUNCTION void put(Last at, std::int64_t i) const {
    const PartialSeries series = series_up_to(at, x(i));
    if constexpr (wanted != Wanted::bound) {
      y(i) = static_cast<Y>(wanted == Wanted::term ? series.term : series.sum);
    }
    if constexpr (wanted == Wanted::bound || wanted == Wanted::sum_and_bound) {
      bound(i) = bound_of(series, at + 1, x(i));
    }
  }
};

/// \param[in] y, bound what is not wanted is an empty vector
template <Wanted wanted, class X, class Y, class E>
[[nodiscard]] auto series_at_points(int last, const X& x, const Y& y, const E& bound) {
  const SeriesAtPoints<wanted, typename X::value_type, typename Y::value_type> body{strided(x), strided(y),
                                                                                    strided(bound), last};
  AILOOP_REQUIRE(last >= 0 && last < max_taylor_terms, "taylor_sine: k must be from 0 to 63, n_terms from 1 to 64");
  AILOOP_REQUIRE((wanted == Wanted::bound || body.y.size == body.x.size) &&
                     (wanted == Wanted::term || wanted == Wanted::sum || body.bound.size == body.x.size),
                 "taylor_sine: x and what is made of it must have the same length");
  return body;
}

}  // namespace detail

/// One term of the series for a batch of points: a share of the approximation.
/// \param[in]  space instance that runs the kernel; enqueues only, never fences
/// \param[in]  k     which term, 0 ... max_taylor_terms - 1
/// \param[in]  x     (n) angle [rad]
/// \param[out] y     (n) [1] (-1)^k x^(2k+1) / (2k+1)!
/// \throws UsageError if k is out of range or the lengths differ
template <ExecutionSpace Space, VectorOn<Space> X, VectorOn<Space> Y>
  requires is_writable_v<Y>
void taylor_sine_term(const Space& space, int k, const X& x, const Y& y) {
  const auto series = detail::series_at_points<detail::Wanted::term>(k, x, y, detail::no_numbers());
  for_each_stretch("ailoop::kernels::taylor_sine_term", space, series.x.size, series, series);
}

/// The truncated series for a batch of points, terms added in ascending order.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  n_terms terms kept, 1 ... max_taylor_terms
/// \param[in]  x       (n) angle [rad]
/// \param[out] y       (n) [1], |y - sin x| <= taylor_sine_bound
/// \throws UsageError  if n_terms is out of range or the lengths differ
template <ExecutionSpace Space, VectorOn<Space> X, VectorOn<Space> Y>
  requires is_writable_v<Y>
void taylor_sine(const Space& space, int n_terms, const X& x, const Y& y) {
  const auto series = detail::series_at_points<detail::Wanted::sum>(n_terms - 1, x, y, detail::no_numbers());
  for_each_stretch("ailoop::kernels::taylor_sine", space, series.x.size, series, series);
}

/// Bound for the error of the truncated series, rounding included; see taylor_sine_bound.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  n_terms terms kept, 1 ... max_taylor_terms
/// \param[in]  x       (n) angle [rad]
/// \param[out] e       (n) [1] double: rounding the bound to less could lose it
/// \throws UsageError  if n_terms is out of range or the lengths differ
template <ExecutionSpace Space, VectorOn<Space> X, VectorOn<Space> E>
  requires std::is_same_v<typename E::value_type, double>
void taylor_sine_error(const Space& space, int n_terms, const X& x, const E& e) {
  const auto series = detail::series_at_points<detail::Wanted::bound>(n_terms - 1, x, detail::no_numbers(), e);
  for_each_stretch("ailoop::kernels::taylor_sine_error", space, series.x.size, series, series);
}

/// Both at once, with the same bits: they share the terms.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  n_terms terms kept, 1 ... max_taylor_terms
/// \param[in]  angles  (n) x [rad]
/// \param[out] sums    (n) as of taylor_sine
/// \param[out] bounds  (n) as of taylor_sine_error
/// \throws UsageError  if n_terms is out of range or the lengths differ
template <ExecutionSpace Space, VectorOn<Space> X, VectorOn<Space> Y, VectorOn<Space> E>
  requires is_writable_v<Y> && std::is_same_v<typename E::value_type, double>
void taylor_sine_with_error(const Space& space, int n_terms, const X& angles, const Y& sums, const E& bounds) {
  const auto series = detail::series_at_points<detail::Wanted::sum_and_bound>(n_terms - 1, angles, sums, bounds);
  for_each_stretch("ailoop::kernels::taylor_sine_with_error", space, series.x.size, series, series);
}

}  // namespace ailoop::kernels
