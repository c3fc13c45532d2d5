#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {
namespace detail {

/// The order of rows that changes nothing.
struct IdentityOrder {
  KOKKOS_INLINE_FUNCTION std::int64_t operator()(std::int64_t i) const { return i; }
};

template <Basis kind, class Space, class X, class Order, class Rows>
void feature_rows(const Space& space, const X& x, const Order& order, const Rows& rows) {
  using Real = typename Rows::value_type;
  const int degree = static_cast<int>(rows.extent(1)) - 1;
  Kokkos::parallel_for(
      "ailoop::kernels::feature_rows", range(space, length(rows)), KOKKOS_LAMBDA(const std::int64_t i) {
        basis_values<kind>(degree, static_cast<Real>(x(static_cast<std::int64_t>(order(i)))),
                           [&](const int k, const Real value) { rows(i, k) = value; });
      });
}

template <class Space, class X, class Order, class Rows>
void feature_rows(const Space& space, Basis basis, const X& x, const Order& order, const Rows& rows) {
  static_assert(is_accessible_v<Space, X, Rows>, "feature_rows: x and rows must be accessible from Space");
  static_assert(is_writable_v<Rows>, "feature_rows: rows must not be const");
  AILOOP_REQUIRE(rows.extent(1) >= 1, "feature_rows: rows must have degree + 1 columns, at least 1");
  switch (basis) {
    case Basis::monomial:
      return feature_rows<Basis::monomial>(space, x, order, rows);
    case Basis::chebyshev:
      return feature_rows<Basis::chebyshev>(space, x, order, rows);
    case Basis::legendre:
      return feature_rows<Basis::legendre>(space, x, order, rows);
    case Basis::hermite:
      return feature_rows<Basis::hermite>(space, x, order, rows);
  }
  AILOOP_REQUIRE(false, "feature_rows: unknown basis");
}

}  // namespace detail

/// Features of points in a chosen order, so that every batch of a shuffled epoch is a contiguous slice of rows.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis  family of polynomials
/// \param[in]  x      (n) points, not scaled
/// \param[in]  order  (m) indices into x, each in 0 ... n - 1
/// \param[out] rows   (m, degree + 1): rows(i, k) = phi_k(x(order(i))), computed in the precision of rows
/// \throws UsageError if rows has no column or order and rows differ in length
template <ExecutionSpace Space, RealView1D X, IndexView1D Order, RealView2D Rows>
void feature_rows(const Space& space, Basis basis, const X& x, const Order& order, const Rows& rows) {
  static_assert(is_accessible_v<Space, Order>, "feature_rows: order must be accessible from Space");
  AILOOP_REQUIRE(order.extent(0) == rows.extent(0), "feature_rows: order and rows must have the same length");
  detail::feature_rows(space, basis, x, order, rows);
}

/// Features of points in their own order.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  basis  family of polynomials
/// \param[in]  x      (n) points, not scaled
/// \param[out] rows   (n, degree + 1): rows(i, k) = phi_k(x(i)), computed in the precision of rows
/// \throws UsageError if rows has no column or x and rows differ in length
template <ExecutionSpace Space, RealView1D X, RealView2D Rows>
void feature_rows(const Space& space, Basis basis, const X& x, const Rows& rows) {
  AILOOP_REQUIRE(x.extent(0) == rows.extent(0), "feature_rows: x and rows must have the same length");
  detail::feature_rows(space, basis, x, detail::IdentityOrder{}, rows);
}

}  // namespace ailoop::kernels
