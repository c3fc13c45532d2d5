// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/basis.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/strided.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

/// \file
/// The sums of normal_equations.hpp on a device, with their bits: first the columns of some blocks in double, a thread
/// a point, then the products of two of them, a thread for each sum of a block, which adds up in the order of the
/// host's.

namespace ailoop::kernels {

/// Which sums are made of a block.
struct NormalProducts {
  NormalLayout layout;
  /// Only those of each column with itself and its neighbour, of which the others follow: for monomials and Chebyshev
  /// polynomials of one variable.
  bool neighbours = false;

  /// Columns, and behind them targets.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION std::int64_t width() const { return layout.columns + layout.outputs; }
  /// Products of columns.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION std::int64_t of_columns() const {
    return neighbours ? 2 * layout.columns : layout.columns * (layout.columns + 1) / 2;
  }
  /// How many sums a block has; those with targets stand behind those of columns, as in the layout.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION std::int64_t length() const {
    return of_columns() + layout.outputs * (layout.columns + 1);
  }

  struct Pair {
    std::int64_t a = 0;
    std::int64_t b = 0;
  };

  /// The columns whose product sum s is.
  [[nodiscard]] KOKKOS_INLINE_FUNCTION Pair pair(std::int64_t s) const {
    if (s >= of_columns()) {
      const std::int64_t target = s - of_columns();
      const std::int64_t right_sides = layout.outputs * layout.columns;
      if (target < right_sides) return {layout.columns + target / layout.columns, target % layout.columns};
      const std::int64_t output = layout.columns + target - right_sides;
      return {output, output};
    }
    if (neighbours) {
      if (s < layout.columns) return {s, s};
      const std::int64_t k = s - layout.columns;
      return {k, k + 1 < layout.columns ? k + 1 : k};
    }
    auto row = static_cast<std::int64_t>((sqrt(8.0 * static_cast<double>(s) + 1.0) - 1.0) / 2.0);
    while (row * (row + 1) / 2 > s) --row;  // what the root rounded
    while ((row + 1) * (row + 2) / 2 <= s) ++row;
    return {row, s - row * (row + 1) / 2};
  }
};

namespace detail {

/// sum + a b, rounded as on this build's host.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double added(double a, double b, double sum) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return fma(a, b, sum);
#else
  return sum + a * b;
#endif
}

/// Sums of eight lanes, combined as the host does.
struct LaneSums {
  double v[sum_lanes] = {};

  [[nodiscard]] KOKKOS_INLINE_FUNCTION double total() const {
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
  }
};

/// Of normal_block_points numbers each.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double sum_of_products(const double* a, const double* b) {
  LaneSums sums;
  for (std::int64_t p = 0; p < normal_block_points; p += sum_lanes) {
    for (int lane = 0; lane < sum_lanes; ++lane) sums.v[lane] = added(a[p + lane], b[p + lane], sums.v[lane]);
  }
  return sums.total();
}

/// The sum of a column, the four groups of a panel first.
[[nodiscard]] KOKKOS_INLINE_FUNCTION double sum_of_panels(const double* a) {
  static_assert(panel_groups == 4);
  constexpr std::int64_t group = sum_lanes;
  LaneSums sums;
  for (std::int64_t p = 0; p < normal_block_points; p += panel_points) {
    for (int lane = 0; lane < sum_lanes; ++lane) {
      const double* const v = a + p + lane;
      sums.v[lane] += (v[0] + v[group]) + (v[2 * group] + v[3 * group]);
    }
  }
  return sums.total();
}

/// Calls f(k, column k) of a polynomial of one variable in double, as OneVariableSums makes them.
template <Basis kind, class Function>
KOKKOS_INLINE_FUNCTION void columns_of_one(int degree, double t, const Function& f) {
  using Recurrence = BasisRecurrence<kind, double>;
  constexpr bool has_neighbours = kind == Basis::monomial || kind == Basis::chebyshev;
  double previous = has_neighbours ? Recurrence::start(t) : 0.0;
  double value = 1.0;
  for (int k = 0; k < degree; ++k) {
    f(k, value);
    double next = 0.0;
    if constexpr (has_neighbours) {
      next = Recurrence::after(t, value, previous, k);
    } else {
      next = Recurrence::slope(k) * t * value - Recurrence::back(k) * previous;
    }
    previous = value;
    value = next;
  }
  f(degree, value);
}

/// Calls f(k, column k) of the point in row i, as the host makes them.
template <Basis kind, int room, class Rows, class Function>
KOKKOS_INLINE_FUNCTION void column_values(const PolynomialInputs& inputs, int degree, int columns, const Rows& rows,
                                          std::int64_t i, const Function& f) {
  if constexpr (room == 0) {
    columns_of_one<kind>(degree, inputs.value<double>(rows, i, 0), f);
  } else {
    feature_values<kind, room, double>(inputs, degree, columns, rows, i, f);
  }
}

template <Basis kind, int room, class Space, class Rows>
void normal_columns(const Space& space, const PolynomialInputs& inputs, int degree, const NormalProducts& products,
                    const Rows& rows, std::int64_t first_block, std::int64_t blocks, double* numbers) {
  const std::int64_t n = length(rows);
  const std::int64_t width = products.width();
  const auto features = static_cast<int>(products.layout.columns);
  for_each_point(
      "ailoop::kernels::normal_columns", space, blocks * normal_block_points, KOKKOS_LAMBDA(const std::int64_t i) {
        const std::int64_t point = first_block * normal_block_points + i;
        double* const first = numbers + i / normal_block_points * width * normal_block_points + i % normal_block_points;
        if (point >= n) {
          for (std::int64_t k = 0; k < width; ++k) first[k * normal_block_points] = 0.0;
          return;
        }
        const auto store = [&](const int k, const double value) { first[k * normal_block_points] = value; };
        column_values<kind, room>(inputs, degree, features, rows, point, store);
        for (std::int64_t o = 0; o < products.layout.outputs; ++o) {
          first[(features + o) * normal_block_points] = static_cast<double>(rows(point, inputs.count + o));
        }
      });
}

}  // namespace detail

/// Columns of a polynomial's features and targets.
/// \param[in]  space    instance that runs the kernel; enqueues only, never fences
/// \param[in]  products its layout has as many columns as features
/// \param[in]  rows     (n, variables + outputs) samples
/// \param[in]  first    the first of the blocks
/// \param[out] numbers  (blocks, products.width(), normal_block_points); zeros behind the last sample
/// \throws UsageError   as feature_rows does
template <ExecutionSpace Space, MatrixOn<Space> Rows>
void normal_columns(const Space& space, Basis basis, const PolynomialInputs& inputs, int degree,
                    const NormalProducts& products, const Rows& rows, std::int64_t first, std::int64_t blocks,
                    double* numbers) {
  AILOOP_REQUIRE(length(rows, 1) == inputs.count + products.layout.outputs,
                 "normal_columns: rows are the variables, and behind them the targets");
  detail::require_features(inputs, degree, products.layout.columns);
  detail::with_basis_and_room<Space>(basis, inputs, degree, [&]<Basis kind, int room>() {
    detail::normal_columns<kind, room>(space, inputs, degree, products, strided(rows), first, blocks, numbers);
  });
}

/// Sums of products of columns.
/// \param[in]  space   instance that runs the kernel; enqueues only, never fences
/// \param[in]  numbers (blocks, products.width(), normal_block_points)
/// \param[out] sums    (blocks, products.length()); with neighbours, that of column 0 with column 1 is added up as
///                     OneVariableSums does, and of the last column with its neighbour nothing is meant
template <ExecutionSpace Space>
void normal_products(const Space& space, const NormalProducts& products, std::int64_t blocks, const double* numbers,
                     double* sums) {
  const std::int64_t length = products.length();
  const std::int64_t sum_of_second = products.neighbours ? products.layout.columns : -1;
  for_each_point(
      "ailoop::kernels::normal_products", space, blocks * length, KOKKOS_LAMBDA(const std::int64_t i) {
        const double* const block = numbers + i / length * products.width() * normal_block_points;
        const NormalProducts::Pair pair = products.pair(i % length);
        const double* const b = block + pair.b * normal_block_points;
        sums[i] = i % length == sum_of_second ? detail::sum_of_panels(b)
                                              : detail::sum_of_products(block + pair.a * normal_block_points, b);
      });
}

}  // namespace ailoop::kernels
