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

/// From term 0 to term `last`: term times the ratios 1 ... last, whose sign is given, and the sum up to it.
KOKKOS_FORCEINLINE_FUNCTION void advance(int last, double sign, double square, double& term, double& sum) {
  for (int k = 1; k <= last; ++k) {
    term *= square * (sign * taylor_sine_factor(k));
    sum += term;
  }
}

// no loop, and inlined: compilers look for several points at once in the innermost loop
template <int last>
KOKKOS_FORCEINLINE_FUNCTION void advance(std::integral_constant<int, last> /*last*/, double sign, double square,
                                         double& term, double& sum) {
  if constexpr (last > 0) {
    advance(std::integral_constant<int, last - 1>(), sign, square, term, sum);
    term *= square * (sign * taylor_sine_factor(last));
    sum += term;
  }
}

/// A term, and the sum of all up to it.
struct TermAndSum {
  double term = 0.0;
  double sum = 0.0;
};

/// Of term `last`, an int or a constant that the compiler knows.
/// \param[in] x    term 0
/// \param[in] sign of the ratios
template <class Last>
[[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION TermAndSum series_up_to(Last last, double sign, double x) {
  TermAndSum at{x, x};
  advance(last, sign, x * x, at.term, at.sum);
  return at;
}

struct TaylorTerm {
  template <class Last>
  [[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double operator()(double x, Last last) const {
    return series_up_to(last, -1.0, x).term;
  }
};

struct TaylorSum {
  template <class Last>
  [[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double operator()(double x, Last last) const {
    return series_up_to(last, -1.0, x).sum;
  }
};

/// The bound of the sum up to term `last`.
struct TaylorBound {
  template <class Last>
  [[nodiscard]] KOKKOS_FORCEINLINE_FUNCTION double operator()(double x, Last last) const {
    constexpr double tiny = std::numeric_limits<double>::min();
    const int n_terms = last + 1;
    const double size = fabs(x);
    const auto [term, sum] = series_up_to(last, 1.0, size);
    const double next = term * (size * size * taylor_sine_factor(n_terms));
    constexpr double largest = sine_epsilons * 0x1p-52;
    const double relative = largest * size;
    const double truth = relative < largest ? relative : largest;  // without a branch, in vectors
    const double bound = next + rounding_gamma(5 * n_terms) * sum + truth + tiny;
    return bound * (1.0 + rounding_gamma(5 * n_terms + 16));
  }
};

}  // namespace detail

/// Term k of the series, (-1)^k x^(2k+1) / (2k+1)!, as x times the ratios of terms 1 ... k in this order. Relative
/// error at most gamma_4k (Higham 2002, section 3.1): for each ratio one rounding of x^2, of the factor and of both
/// products.
/// \param[in] x angle [rad]
/// \param[in] k 0 ... max_taylor_terms - 1
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_term(double x, int k) { return detail::TaylorTerm()(x, k); }

/// The first n_terms terms, added in ascending order.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_sum(double x, int n_terms) {
  return detail::TaylorSum()(x, n_terms - 1);
}

/// Bound for |taylor_sine_sum(x, n_terms) - sine(x)|, both as computed:
/// - truncation, |x|^(2n+1) / (2n+1)!: Lagrange's remainder, every derivative of sine being at most 1;
/// - rounding of the sum, gamma_5n times the sum of the |terms|: term k has 4k roundings and enters at most n - 1 sums;
/// - rounding of the truth, sine_epsilons 2^-52 min(|x|, 1), which is at least |sin x|;
/// - underflow, less than the smallest normal number;
/// enlarged for the roundings of the bound itself. Infinite x gives an infinite, NaN a NaN bound.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double taylor_sine_bound(double x, int n_terms) {
  return detail::TaylorBound()(x, n_terms - 1);
}

namespace detail {

/// y = series(x, last) as the body of a kernel: at one point, and over some of them on the host.
template <class Series, class X, class Y>
struct SeriesAtPoints {
  static constexpr int most_known_terms = 15;  // from here on `last` is no constant

  StridedVector<X> x;
  StridedVector<Y> y;
  int last;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const { y(i) = static_cast<Y>(Series()(x(i), last)); }

  void operator()(std::int64_t first, std::int64_t count) const {
    with_constant<most_known_terms>(last, [&](auto known) {
      transform(x.part(first, count), y.part(first, count), [=](double angle) { return Series()(angle, known); });
    });
  }
};

template <class Series, class X, class Y>
[[nodiscard]] auto series_at_points(const X& x, const Y& y, int last) {
  const SeriesAtPoints<Series, typename X::value_type, typename Y::value_type> body{strided(x), strided(y), last};
  AILOOP_REQUIRE(body.x.size == body.y.size, "taylor_sine: x and y must have the same length");
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
  AILOOP_REQUIRE(k >= 0 && k < max_taylor_terms, "taylor_sine_term: k must be from 0 to 63");
  const auto term = detail::series_at_points<detail::TaylorTerm>(x, y, k);
  for_each_stretch("ailoop::kernels::taylor_sine_term", space, term.x.size, term, term);
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
  AILOOP_REQUIRE(n_terms >= 1 && n_terms <= max_taylor_terms, "taylor_sine: n_terms must be from 1 to 64");
  const auto sum = detail::series_at_points<detail::TaylorSum>(x, y, n_terms - 1);
  for_each_stretch("ailoop::kernels::taylor_sine", space, sum.x.size, sum, sum);
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
  AILOOP_REQUIRE(n_terms >= 1 && n_terms <= max_taylor_terms, "taylor_sine_error: n_terms must be from 1 to 64");
  const auto bound = detail::series_at_points<detail::TaylorBound>(x, e, n_terms - 1);
  for_each_stretch("ailoop::kernels::taylor_sine_error", space, bound.x.size, bound, bound);
}

}  // namespace ailoop::kernels
