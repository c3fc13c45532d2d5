// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/clenshaw.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/strided.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {
namespace detail {

/// A polynomial of one variable with what it is evaluated on, as the body of a kernel.
template <Basis kind, class Real, class X, class Y>
struct PolynomialOfOne {
  int degree = 0;
  Scaling map;
  StridedMatrix<Real> weights;  ///< (m, degree + 1)
  StridedVector<Real> bias;     ///< (m)
  StridedVector<X> x;           ///< (n) rounded to the precision of the weights first
  StridedMatrix<Y> y;           ///< (n, m)

  /// One point.
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const {
    const auto rounded = static_cast<std::remove_const_t<Real>>(x(i));
    const auto t = map.is_identity() ? rounded : map(rounded);
    for (std::int64_t o = 0; o < y.columns; ++o) {
      y(i, o) = static_cast<Y>(clenshaw<kind>(degree, weights.row(o), t) + bias(o));
    }
  }

  /// Points first ... first + n - 1 on the host, the same bits.
  void operator()(std::int64_t first, std::int64_t n) const {
    if (map.is_identity() && x.stride == 1 && y.columns == 1 && y.row_stride == 1) {
      clenshaw_points<kind>(degree, weights.row(0), bias(0), x.data + first, y.data + first, n);
    } else {
      over_buffers(first, n);
    }
  }

 private:
  void over_buffers(std::int64_t first, std::int64_t n) const {
    constexpr std::int64_t width = 256;
    std::remove_const_t<Real> t[width];
    Y values[width];
    for (std::int64_t start = first; start < first + n; start += width) {
      const std::int64_t count = std::min(width, first + n - start);
      transform(x.part(start, count), StridedVector(t, count),
                [this](X number) { return map(static_cast<std::remove_const_t<Real>>(number)); });
      for (std::int64_t o = 0; o < y.columns; ++o) {
        clenshaw_points<kind>(degree, weights.row(o), bias(o), t, values, count);
        for (std::int64_t i = 0; i < count; ++i) y(start + i, o) = values[i];
      }
    }
  }
};

/// Outputs that are summed up in one walk over the features.
inline constexpr int outputs_at_once = 8;

/// y(i, o) = ((w_0 f_0 + w_1 f_1) + ...) + bias in the precision of the weights: the order of a linear layer over the
/// features f.
template <Basis kind, int room, class Space, class Real, class X, class Y>
void polynomial_of_several(const Space& space, const PolynomialInputs& inputs, int degree,
                           const StridedMatrix<Real>& weights, const StridedVector<Real>& bias,
                           const StridedMatrix<X>& x, const StridedMatrix<Y>& y) {
  using Sum = std::remove_const_t<Real>;
  const int features = static_cast<int>(weights.columns);
  const int outputs = static_cast<int>(y.columns);
  for_each_point(
      "ailoop::kernels::polynomial", space, x.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        for (int first = 0; first < outputs; first += outputs_at_once) {
          const int count = outputs - first < outputs_at_once ? outputs - first : outputs_at_once;
          Sum sums[outputs_at_once] = {};
          feature_values<kind, room, Sum>(inputs, degree, features, x, i, [&](const int k, const Sum value) {
            const Real* weight = &weights(first, k);
            for (int o = 0; o < count; ++o, weight += weights.row_stride) sums[o] += *weight * value;
          });
          for (int o = 0; o < count; ++o) y(i, first + o) = static_cast<Y>(sums[o] + bias(first + o));
        }
      });
}

}  // namespace detail

/// Prediction of a polynomial surrogate; this kernel defines its value. With one variable it is Horner's rule for
/// monomials and Clenshaw's for the others (see clenshaw.hpp), then the bias; with several the products, each times its
/// weight, are added in ascending order, then the bias. Numbers that leave the range of the precision make y infinite
/// or NaN. y(i, o) depends on point i and output o alone: not on the batch, the threads or the space.
/// \param[in]  space        instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis        family of polynomials
/// \param[in]  inputs       the d variables
/// \param[in]  degree       highest total degree
/// \param[in]  weights      (m, features) in the precision in which everything is computed; features as of feature_rows
/// \param[in]  bias         (m) of the same precision
/// \param[in]  points       (n, d) x, rounded to the precision of weights first
/// \param[out] values       (n, m) y
/// \throws UsageError  if the extents are others, or a polynomial of several variables has d (degree + 1) >
///                     most_polynomial_factors<Space>
template <ExecutionSpace Space, MatrixOn<Space> Weights, VectorOn<Space> Bias, MatrixOn<Space> X, MatrixOn<Space> Y>
  requires is_writable_v<Y> && std::same_as<typename Weights::value_type, typename Bias::value_type>
void polynomial(const Space& space, Basis basis, const PolynomialInputs& inputs, int degree, const Weights& weights,
                const Bias& bias, const X& points, const Y& values) {
  const auto& w = strided(weights);
  const auto& b = strided(bias);
  const auto& x = strided(points);
  const auto& y = strided(values);
  detail::require_features(inputs, degree, w.columns);
  AILOOP_REQUIRE(w.rows == b.size, "polynomial: weights must have a row for each output");
  AILOOP_REQUIRE(x.columns == inputs.count, "polynomial: x must have a column for each variable");
  AILOOP_REQUIRE(y.columns == b.size, "polynomial: y must have a column for each output");
  AILOOP_REQUIRE(x.rows == y.rows, "polynomial: x and y must have the same length");
  detail::with_basis_and_room<Space>(basis, inputs, degree, [&]<Basis kind, int room>() {
    if constexpr (room == 0) {
      using Real = typename Weights::value_type;
      const detail::PolynomialOfOne<kind, Real, typename X::value_type, typename Y::value_type> p{
          degree, inputs.maps[0], w, b, x.column(0), y};
      for_each_stretch("ailoop::kernels::polynomial", space, x.rows, p, p);
    } else {
      detail::polynomial_of_several<kind, room>(space, inputs, degree, w, b, x, y);
    }
  });
}

}  // namespace ailoop::kernels
