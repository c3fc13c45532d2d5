#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/clenshaw.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/strided.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {

/// A polynomial of one variable with what it is evaluated on, in memory that the execution space can access.
template <class Real, class X, class Y>
struct PolynomialOfOne {
  int degree = 0;
  int outputs = 1;  ///< m
  PolynomialInputs::Map map;
  StridedMatrix<const Real> weights;  ///< (m, degree + 1)
  StridedVector<const Real> bias;     ///< (m)
  StridedMatrix<const X> x;           ///< (n, 1) rounded to Real first
  StridedMatrix<Y> y;                 ///< (n, m)

  /// One point.
  template <Basis kind>
  KOKKOS_INLINE_FUNCTION void at(std::int64_t i) const {
    const auto rounded = static_cast<Real>(x(i, 0));
    const Real t = map.is_identity() ? rounded : map(rounded);
    for (int o = 0; o < outputs; ++o) y(i, o) = static_cast<Y>(clenshaw<kind>(degree, row(o), t) + bias(o));
  }

  /// Points first ... first + n - 1 on the host, the same bits.
  template <Basis kind>
  void over(std::int64_t first, std::int64_t n) const {
    if (map.is_identity() && x.row_stride == 1 && outputs == 1 && y.row_stride == 1) {
      clenshaw_points<kind>(degree, row(0), bias(0), x.data + first, y.data + first, n);
    } else {
      over_buffers<kind>(first, n);
    }
  }

 private:
  [[nodiscard]] KOKKOS_INLINE_FUNCTION StridedVector<const Real> row(int output) const {
    return {weights.data + output * weights.row_stride, weights.column_stride};
  }

  template <Basis kind>
  void over_buffers(std::int64_t first, std::int64_t n) const {
    constexpr std::int64_t width = 256;
    Real t[width];
    Y values[width];
    for (std::int64_t start = first; start < first + n; start += width) {
      const std::int64_t count = std::min(width, first + n - start);
      if (x.row_stride == 1) {
        const X* const column = x.data + start;
        for (std::int64_t i = 0; i < count; ++i) t[i] = map(static_cast<Real>(column[i]));
      } else {
        for (std::int64_t i = 0; i < count; ++i) t[i] = map(static_cast<Real>(x(start + i, 0)));
      }
      for (int o = 0; o < outputs; ++o) {
        clenshaw_points<kind>(degree, row(o), bias(o), t, values, count);
        for (std::int64_t i = 0; i < count; ++i) y(start + i, o) = values[i];
      }
    }
  }
};

namespace detail {

template <Basis kind, class Space, class Polynomial>
void polynomial_of_one(const Space& space, std::int64_t n, const Polynomial& p) {
  for_each_stretch(
      "ailoop::kernels::polynomial", space, n, KOKKOS_LAMBDA(const std::int64_t i) { p.template at<kind>(i); },
      [=](std::int64_t first, std::int64_t count) { p.template over<kind>(first, count); });
}

}  // namespace detail

/// Prediction of a polynomial of one variable at n points: what the forms below that take Views do, too.
template <ExecutionSpace Space, class Real, class X, class Y>
void polynomial(const Space& space, Basis basis, std::int64_t n, const PolynomialOfOne<Real, X, Y>& p) {
  detail::with_basis(basis, [&]<Basis kind>() { detail::polynomial_of_one<kind>(space, n, p); });
}

namespace detail {

/// Outputs that are summed up in one walk over the features.
inline constexpr int outputs_at_once = 8;

/// y(i, o) = ((w_0 f_0 + w_1 f_1) + ...) + bias in the precision of the weights: the order of a linear layer over the
/// features f.
template <Basis kind, int room, class Space, class Weights, class Bias, class X, class Y>
void polynomial_of_several(const Space& space, const PolynomialInputs& inputs, int degree, const Weights& weights,
                           const Bias& bias, const X& x, const Y& y) {
  using Real = typename Bias::non_const_value_type;
  const int features = static_cast<int>(weights.extent(1));
  const int outputs = static_cast<int>(y.extent(1));
  const UnmanagedView<Weights> w(weights);
  const UnmanagedView<Bias> b(bias);
  const UnmanagedView<X> points(x);
  const UnmanagedView<Y> values(y);
  for_each_point(
      "ailoop::kernels::polynomial", space, length(x), PointCost::unknown, KOKKOS_LAMBDA(const std::int64_t i) {
        for (int first = 0; first < outputs; first += outputs_at_once) {
          const int count = outputs - first < outputs_at_once ? outputs - first : outputs_at_once;
          Real sums[outputs_at_once] = {};
          feature_values<kind, room, Real>(inputs, degree, features, points, i, [&](const int k, const Real value) {
            for (int o = 0; o < count; ++o) sums[o] += w(first + o, k) * value;
          });
          for (int o = 0; o < count; ++o) {
            values(i, first + o) = static_cast<typename Y::value_type>(sums[o] + b(first + o));
          }
        }
      });
}

}  // namespace detail

/// Prediction of a polynomial surrogate; this kernel defines its value. With one variable it is Horner's rule for
/// monomials and Clenshaw's for the others (see clenshaw.hpp), then the bias; with several the products, each times its
/// weight, are added in ascending order, then the bias. Numbers that leave the range of the precision make y infinite
/// or NaN. y(i, o) depends on point i and output o alone: not on the batch, the threads or the space.
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
  if (inputs.count == 1) {
    using Of =
        PolynomialOfOne<typename Bias::non_const_value_type, typename X::non_const_value_type, typename Y::value_type>;
    return polynomial(space, basis, length(x),
                      Of{.degree = degree,
                         .outputs = static_cast<int>(y.extent(1)),
                         .map = inputs.maps[0],
                         .weights = StridedMatrix<const typename Bias::non_const_value_type>::of(weights),
                         .bias = StridedVector<const typename Bias::non_const_value_type>::of(bias),
                         .x = StridedMatrix<typename X::const_value_type>::of(x),
                         .y = StridedMatrix<typename Y::value_type>::of(y)});
  }
  detail::with_basis_and_room(basis, inputs, degree, [&]<Basis kind, int room>() {
    if constexpr (room > 0) {
      detail::polynomial_of_several<kind, room>(space, inputs, degree, weights, bias, x, y);
    }
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
  using Real = typename Bias::non_const_value_type;
  using Of = PolynomialOfOne<Real, typename X::non_const_value_type, typename Y::value_type>;
  polynomial(space, basis, length(x),
             Of{.degree = static_cast<int>(weights.extent(0)) - 1,
                .outputs = 1,
                .map = {},
                .weights = {weights.data(), 0, static_cast<std::int64_t>(weights.stride(0))},
                .bias = StridedVector<const Real>::of(bias),
                .x = StridedMatrix<typename X::const_value_type>::of(x),
                .y = StridedMatrix<typename Y::value_type>::of(y)});
}

}  // namespace ailoop::kernels
