#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {
namespace detail {

template <Basis kind, int room, class Space, class X, class Order, class Rows>
void feature_rows(const Space& space, const PolynomialInputs& inputs, int degree, const X& x, const Order& order,
                  const Rows& rows) {
  using Real = typename Rows::value_type;
  const int features = static_cast<int>(rows.extent(1));
  Kokkos::parallel_for(
      "ailoop::kernels::feature_rows", range(space, length(rows)), KOKKOS_LAMBDA(const std::int64_t i) {
        feature_values<kind, room, Real>(inputs, degree, features, x, static_cast<std::int64_t>(order(i)),
                                         [&](const int k, const Real value) { rows(i, k) = value; });
      });
}

}  // namespace detail

/// Features of points in a chosen order, so that every batch of a shuffled epoch is a contiguous slice of rows.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis  family of polynomials
/// \param[in]  inputs the d variables
/// \param[in]  degree highest total degree
/// \param[in]  x      (n, >= d) points; further columns are not looked at
/// \param[in]  order  (m) indices into x, each in 0 ... n - 1
/// \param[out] rows   (m, features) products of phi_k of each variable in the order of MultiIndex, multiplied in the
///                    order of the variables, in the precision of rows
/// \throws UsageError if the extents are others, or a polynomial of several variables has d (degree + 1) > 2048
template <ExecutionSpace Space, RealView2D X, IndexView1D Order, RealView2D Rows>
void feature_rows(const Space& space, Basis basis, const PolynomialInputs& inputs, int degree, const X& x,
                  const Order& order, const Rows& rows) {
  static_assert(is_accessible_v<Space, X, Order, Rows>, "feature_rows: the Views must be accessible from Space");
  static_assert(is_writable_v<Rows>, "feature_rows: rows must not be const");
  AILOOP_REQUIRE(static_cast<int>(x.extent(1)) >= inputs.count, "feature_rows: x must have a column for each variable");
  AILOOP_REQUIRE(order.extent(0) == rows.extent(0), "feature_rows: order and rows must have the same length");
  detail::require_features(inputs, degree, length(rows, 1));
  detail::with_basis_and_room(basis, inputs, degree, [&]<Basis kind, int room>() {
    detail::feature_rows<kind, room>(space, inputs, degree, x, order, rows);
  });
}

}  // namespace ailoop::kernels
