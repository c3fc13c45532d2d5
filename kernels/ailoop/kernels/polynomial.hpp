#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {

/// Value of a polynomial in the precision of its weights: ((w_0 phi_0 + w_1 phi_1) + ...) + bias, the order of a linear
/// layer over the features.
/// \param[in] weights called as weights(k), k = 0 ... degree
template <Basis kind, std::floating_point Real, class Weights>
[[nodiscard]] KOKKOS_INLINE_FUNCTION Real polynomial_value(int degree, const Weights& weights, Real bias, Real x) {
  Real sum = Real(0);
  basis_values<kind>(degree, x, [&](const int k, const Real value) { sum += weights(k) * value; });
  return sum + bias;
}

namespace detail {

template <Basis kind, class Space, class Weights, class Bias, class X, class Y>
void polynomial(const Space& space, const Weights& weights, const Bias& bias, const X& x, const Y& y) {
  using Real = typename Weights::non_const_value_type;
  const int degree = static_cast<int>(weights.extent(0)) - 1;
  Kokkos::parallel_for(
      "ailoop::kernels::polynomial", range(space, length(x)), KOKKOS_LAMBDA(const std::int64_t i) {
        const Real value = polynomial_value<kind, Real>(degree, weights, bias(0), static_cast<Real>(x(i, 0)));
        y(i, 0) = static_cast<typename Y::value_type>(value);
      });
}

}  // namespace detail

/// Prediction of a polynomial surrogate; this kernel defines its value.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis   family of polynomials
/// \param[in]  weights (degree + 1) in the precision in which everything is computed
/// \param[in]  bias    (1) of the same precision
/// \param[in]  x       (n, 1) points, not scaled; rounded to the precision of weights first
/// \param[out] y       (n, 1)
/// \throws UsageError  if weights is empty or the extents are others
template <ExecutionSpace Space, RealView1D Weights, RealView1D Bias, RealView2D X, RealView2D Y>
void polynomial(const Space& space, Basis basis, const Weights& weights, const Bias& bias, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, Weights, Bias, X, Y>, "polynomial: the Views must be accessible from Space");
  static_assert(is_writable_v<Y>, "polynomial: y must not be const");
  static_assert(std::is_same_v<typename Weights::non_const_value_type, typename Bias::non_const_value_type>,
                "polynomial: weights and bias must have the same precision");
  AILOOP_REQUIRE(weights.extent(0) >= 1, "polynomial: weights must have degree + 1 numbers, at least 1");
  AILOOP_REQUIRE(bias.extent(0) == 1, "polynomial: bias must be one number");
  AILOOP_REQUIRE(x.extent(1) == 1 && y.extent(1) == 1, "polynomial: x and y must have one column");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "polynomial: x and y must have the same length");
  switch (basis) {
    case Basis::monomial:
      return detail::polynomial<Basis::monomial>(space, weights, bias, x, y);
    case Basis::chebyshev:
      return detail::polynomial<Basis::chebyshev>(space, weights, bias, x, y);
    case Basis::legendre:
      return detail::polynomial<Basis::legendre>(space, weights, bias, x, y);
    case Basis::hermite:
      return detail::polynomial<Basis::hermite>(space, weights, bias, x, y);
  }
  AILOOP_REQUIRE(false, "polynomial: unknown basis");
}

}  // namespace ailoop::kernels
