#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/clenshaw.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {

namespace detail {

/// A polynomial of one variable with what it is evaluated on; the Views own nothing.
template <Basis kind, class Weights, class Bias, class X, class Y>
struct PolynomialOfOne {
  using Real = typename Bias::non_const_value_type;
  using Value = typename Y::value_type;

  int degree;
  PolynomialInputs::Map map;
  bool is_raw;
  Weights weights;  ///< (m, degree + 1)
  Bias bias;        ///< (m)
  X x;              ///< (n, 1)
  Y y;              ///< (n, m)

  /// One point: what a device runs.
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const {
    const Real t = map(static_cast<Real>(x(i, 0)));
    const int outputs = static_cast<int>(y.extent(1));
    for (int o = 0; o < outputs; ++o) {
      const auto row = [&](int k) { return weights(o, k); };
      y(i, o) = static_cast<Value>(clenshaw<kind>(degree, row, t) + bias(o));
    }
  }

  /// Points first ... first + n - 1 on the host, the same bits.
  void over(std::int64_t first, std::int64_t n) const {
    const auto outputs = static_cast<std::int64_t>(y.extent(1));
    const bool is_column = x.stride(0) == 1;
    if (is_raw && is_column && outputs == 1 && y.stride(0) == 1) {
      return clenshaw_points<kind>(degree, row_of_weights(0), bias(0), x.data() + first, y.data() + first, n);
    }
    constexpr std::int64_t width = 256;
    Real t[width];
    Value values[width];
    for (std::int64_t start = first; start < first + n; start += width) {
      const std::int64_t count = std::min(width, first + n - start);
      if (is_column) {
        const auto* const column = x.data() + start;
        for (std::int64_t i = 0; i < count; ++i) t[i] = map(static_cast<Real>(column[i]));
      } else {
        for (std::int64_t i = 0; i < count; ++i) t[i] = map(static_cast<Real>(x(start + i, 0)));
      }
      for (std::int64_t o = 0; o < outputs; ++o) {
        clenshaw_points<kind>(degree, row_of_weights(o), bias(o), t, values, count);
        for (std::int64_t i = 0; i < count; ++i) y(start + i, o) = values[i];
      }
    }
  }

 private:
  [[nodiscard]] Strided<Real> row_of_weights(std::int64_t output) const {
    return {&weights(output, 0), static_cast<std::int64_t>(weights.stride(1))};
  }
};

template <Basis kind, class Space, class Weights, class Bias, class X, class Y>
void polynomial_of_one(const Space& space, const PolynomialInputs& inputs, int degree, const Weights& weights,
                       const Bias& bias, const X& x, const Y& y) {
  const PolynomialOfOne<kind, UnmanagedView<Weights>, UnmanagedView<Bias>, UnmanagedView<X>, UnmanagedView<Y>> body{
      degree, inputs.maps[0], inputs.is_raw(0), weights, bias, x, y};
  for_each_stretch("ailoop::kernels::polynomial", space, length(x), body,
                   [=](std::int64_t first, std::int64_t n) { body.over(first, n); });
}

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

/// The weights of the one output, seen as a matrix.
template <class Weights>
[[nodiscard]] auto as_one_row(const Weights& weights) {
  using Matrix = Kokkos::View<const typename Weights::non_const_value_type**, Kokkos::LayoutStride,
                              typename Weights::device_type, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  return Matrix(weights.data(), Kokkos::LayoutStride(1, weights.extent(0), weights.extent(0), weights.stride(0)));
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
  detail::with_basis_and_room(basis, inputs, degree, [&]<Basis kind, int room>() {
    if constexpr (room == 0) {
      detail::polynomial_of_one<kind>(space, inputs, degree, weights, bias, x, y);
    } else {
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
  const int degree = static_cast<int>(weights.extent(0)) - 1;
  detail::with_basis(basis, [&]<Basis kind>() {
    detail::polynomial_of_one<kind>(space, raw_inputs(1), degree, detail::as_one_row(weights), bias, x, y);
  });
}

}  // namespace ailoop::kernels
