#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {

namespace detail {

/// y(i, o) = ((w_0 f_0 + w_1 f_1) + ...) + bias in the precision of the weights: the order of a linear layer over the
/// features f.
/// \param[in] weights called as weights(output, feature)
template <Basis kind, int room, class Space, class Weights, class Bias, class X, class Y>
void polynomial(const Space& space, const PolynomialInputs& inputs, int degree, int features, const Weights& weights,
                const Bias& bias, const X& x, const Y& y) {
  using Real = typename Bias::non_const_value_type;
  const int outputs = static_cast<int>(y.extent(1));
  Kokkos::parallel_for(
      "ailoop::kernels::polynomial", range(space, length(x)), KOKKOS_LAMBDA(const std::int64_t i) {
        for (int o = 0; o < outputs; ++o) {
          Real sum = Real(0);
          feature_values<kind, room, Real>(inputs, degree, features, x, i,
                                           [&](const int k, const Real value) { sum += weights(o, k) * value; });
          y(i, o) = static_cast<typename Y::value_type>(sum + bias(o));
        }
      });
}

/// The weights of the one output, seen as a matrix.
template <class Weights>
struct OneRow {
  Weights weights;

  KOKKOS_INLINE_FUNCTION auto operator()(int /*output*/, int k) const { return weights(k); }
};

}  // namespace detail

/// Prediction of a polynomial surrogate; this kernel defines its value.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis   family of polynomials
/// \param[in]  inputs  the d variables
/// \param[in]  degree  highest total degree
/// \param[in]  weights (m, features) in the precision in which everything is computed; features as of feature_rows
/// \param[in]  bias    (m) of the same precision
/// \param[in]  x       (n, d) points; rounded to the precision of weights first
/// \param[out] y       (n, m)
/// \throws UsageError  if the extents are others, or a polynomial of several variables has d (degree + 1) > 2048
template <ExecutionSpace Space, RealView2D Weights, RealView1D Bias, RealView2D X, RealView2D Y>
void polynomial(const Space& space, Basis basis, const PolynomialInputs& inputs, int degree, const Weights& weights,
                const Bias& bias, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, Weights, Bias, X, Y>, "polynomial: the Views must be accessible from Space");
  static_assert(is_writable_v<Y>, "polynomial: y must not be const");
  static_assert(std::is_same_v<typename Weights::non_const_value_type, typename Bias::non_const_value_type>,
                "polynomial: weights and bias must have the same precision");
  detail::require_features(inputs, degree, weights.extent(1));
  AILOOP_REQUIRE(weights.extent(0) == bias.extent(0), "polynomial: weights must have a row for each output");
  AILOOP_REQUIRE(static_cast<int>(x.extent(1)) == inputs.count, "polynomial: x must have a column for each variable");
  AILOOP_REQUIRE(y.extent(1) == bias.extent(0), "polynomial: y must have a column for each output");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "polynomial: x and y must have the same length");
  const int features = static_cast<int>(weights.extent(1));
  detail::with_basis_and_room(basis, inputs, degree, [&]<Basis kind, int room>() {
    detail::polynomial<kind, room>(space, inputs, degree, features, weights, bias, x, y);
  });
}

/// Prediction of a polynomial of one variable with one output.
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
  const int features = static_cast<int>(weights.extent(0));
  detail::with_basis(basis, [&]<Basis kind>() {
    detail::polynomial<kind, 0>(space, raw_inputs(1), features - 1, features, detail::OneRow<Weights>{weights}, bias, x,
                                y);
  });
}

}  // namespace ailoop::kernels
