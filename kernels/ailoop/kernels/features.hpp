// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/strided.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ailoop::kernels {
namespace detail {

template <Basis kind, int room, class Space, class X, class Rows>
void feature_rows(const Space& space, const PolynomialInputs& inputs, int degree, const X& x, const std::int64_t* order,
                  const Rows& rows) {
  using Real = typename Rows::value_type;
  const int features = static_cast<int>(length(rows, 1));
  Kokkos::parallel_for(
      "ailoop::kernels::feature_rows", range(space, length(rows)), KOKKOS_LAMBDA(const std::int64_t i) {
        feature_values<kind, room, Real>(inputs, degree, features, x, order[i],
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
/// \param[in]  order  (m) indices into x, each in 0 ... n - 1, in memory that the space can access
/// \param[out] rows   (m, features) products of phi_k of each variable in the order of MultiIndex, multiplied in the
///                    order of the variables, in the precision of rows
/// \throws UsageError if the extents are others, or a polynomial of several variables has d (degree + 1) >
///                    most_polynomial_factors<Space>
template <ExecutionSpace Space, MatrixOn<Space> X, MatrixOn<Space> Rows>
  requires is_writable_v<Rows>
void feature_rows(const Space& space, Basis basis, const PolynomialInputs& inputs, int degree, const X& x,
                  std::span<const std::int64_t> order, const Rows& rows) {
  AILOOP_REQUIRE(length(x, 1) >= inputs.count, "feature_rows: x must have a column for each variable");
  AILOOP_REQUIRE(std::ssize(order) == length(rows), "feature_rows: order and rows must have the same length");
  detail::require_features(inputs, degree, length(rows, 1));
  detail::with_basis_and_room<Space>(basis, inputs, degree, [&]<Basis kind, int room>() {
    detail::feature_rows<kind, room>(space, inputs, degree, x, order.data(), rows);
  });
}

namespace detail {

/// One variable: all points advance together, so that the compiler takes several at once.
template <Basis kind, std::size_t width, std::floating_point Real>
void feature_columns_of_one(int degree, const std::array<Real, width>& t, Real* columns) {
  using Recurrence = BasisRecurrence<kind, Real>;
  std::array<Real, width> before{};
  for (std::size_t i = 0; i < width; ++i) {
    columns[i] = Real(1);
    before[i] = Recurrence::start(t[i]);
  }
  const Real* previous = before.data();
  for (int k = 0; k < degree; ++k) {
    const Real* const value = columns;
    Real* const next = columns + width;
    for (std::size_t i = 0; i < width; ++i) {
      next[i] = Recurrence::after(t[i], value[i], previous[i], static_cast<Real>(k));
    }
    previous = value;
    columns = next;
  }
}

}  // namespace detail

/// Features of a few points at once, feature by feature, the same bits as those of feature_rows. Serial, in the calling
/// thread: for blocks that stay in its cache.
/// \param[in]  basis    family of polynomials
/// \param[in]  inputs   the d variables
/// \param[in]  degree   highest total degree
/// \param[in]  x        (n, >= d) points, in host memory
/// \param[in]  order    1 to width indices into x
/// \param[out] columns  (features, width), row-major: feature k of point order[i] in columns[k * width + i]; behind the
///                      last point stand copies of it
/// \throws UsageError if the extents are others, or a polynomial of several variables has d (degree + 1) > 2048
template <std::size_t width, std::floating_point Real, MatrixOn<Kokkos::DefaultHostExecutionSpace> X>
void feature_columns(Basis basis, const PolynomialInputs& inputs, int degree, const X& x,
                     std::span<const std::int64_t> order, std::span<Real> columns) {
  const auto features = std::ssize(columns) / std::int64_t{width};
  AILOOP_REQUIRE(length(x, 1) >= inputs.count, "feature_columns: x must have a column for each variable");
  AILOOP_REQUIRE(!order.empty() && order.size() <= width && columns.size() % width == 0,
                 "feature_columns: 1 to `width` points, and `width` places for each feature");
  detail::require_features(inputs, degree, features);
  const auto point = [&](std::size_t i) { return order[std::min(i, order.size() - 1)]; };
  detail::with_basis_and_room<Kokkos::DefaultHostExecutionSpace>(basis, inputs, degree, [&]<Basis kind, int room>() {
    if constexpr (room == 0) {
      std::array<Real, width> t{};
      if (inputs.maps[0].is_identity()) {  // the same bits without the way through double
        for (std::size_t i = 0; i < width; ++i) {
          t[i] = static_cast<Real>(x(point(i), 0));
        }
      } else {
        for (std::size_t i = 0; i < width; ++i) {
          t[i] = inputs.value<Real>(x, point(i), 0);
        }
      }
      detail::feature_columns_of_one<kind, width>(degree, t, columns.data());
    } else {
      for (std::size_t i = 0; i < width; ++i) {
        detail::feature_values<kind, room, Real>(
            inputs, degree, static_cast<int>(features), x, point(i),
            [&](int k, Real value) { columns[static_cast<std::size_t>(k) * width + i] = value; });
      }
    }
  });
}

}  // namespace ailoop::kernels
