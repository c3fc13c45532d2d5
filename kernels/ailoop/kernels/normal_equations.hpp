// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/normal_panel.hpp>
#include <ailoop/kernels/polynomial_inputs.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/kernels/strided.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

/// \file
/// The sums that a least-squares fit needs, in double. Samples are cut into blocks of normal_block_points consecutive
/// indices; one thread adds up a block, in a fixed order, and whoever calls combines the blocks in theirs: the same
/// bits for any number of threads. On the host, where samples lie.

namespace ailoop::kernels {

namespace detail {

/// Halves again and again.
[[nodiscard]] inline double sum_of(const Lanes& lanes) {
  const double* const v = lanes.values;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

inline void sums_of(const Lanes* lanes, std::int64_t count, double* sums) {
  std::transform(lanes, lanes + count, sums, sum_of);
}

/// Targets of a few points, which stand behind the variables in the rows of samples.
template <class Rows>
AILOOP_ALWAYS_INLINE void read_targets(const Rows& rows, std::int64_t first, std::int64_t n, int n_variables,
                                       const Panel& panel) {
  for (std::int64_t o = 0; o < panel.outputs; ++o) {
    double* const target = panel.target(o)->values;
    for (std::int64_t i = 0; i < panel_points; ++i) {
      target[i] = i < n ? static_cast<double>(rows(first + i, n_variables + o)) : 0.0;
    }
  }
}

/// Columns behind the last point become zeros.
inline void clear_behind(std::int64_t n, const Panel& panel) {
  for (std::int64_t k = 0; n < panel_points && k < panel.columns; ++k) {
    double* const numbers = panel.column(k)->values;
    std::fill(numbers + n, numbers + panel_points, 0.0);
  }
}

/// The Gram matrix from its diagonal and what stands beside it: with M_k the sum of phi_k over all points, it is
/// M_(j+k) for monomials and (M_(j+k) + M_|j-k|) / 2 for Chebyshev polynomials. Source of the latter: NIST
/// DLMF 18.18.21.
/// \param[in]  squares    (degree + 1) sums of phi_k phi_k
/// \param[in]  neighbours (degree) sums of phi_k phi_(k+1)
/// \param[out] triangle   the lower triangle, row by row
template <Basis kind>
void expand_neighbours(int degree, const double* squares, const double* neighbours, double* triangle) {
  const auto moment = [&](int k) {
    const double* const numbers = k % 2 == 0 ? squares : neighbours;
    return kind == Basis::monomial ? numbers[k / 2] : 2.0 * numbers[k / 2] - numbers[0];
  };
  for (int j = 0; j <= degree; ++j) {
    for (int k = 0; k + 1 < j; ++k) {
      *triangle++ = kind == Basis::monomial ? moment(j + k) : 0.5 * (moment(j + k) + moment(j - k));
    }
    if (j > 0) {
      *triangle++ = neighbours[j - 1];
    }
    *triangle++ = squares[j];
  }
}

}  // namespace detail

/// The sums of a block of samples for a polynomial of one variable. For monomials and Chebyshev polynomials, whose
/// products are sums of one or two of them, it takes 3 (degree + 1) products a point instead of half their square.
template <Basis kind, MatrixOn<Kokkos::DefaultHostExecutionSpace> Rows>
class OneVariableSums {
 public:
  /// \param[in] rows (n, 1 + outputs) x, then the targets
  OneVariableSums(const PolynomialInputs& inputs, int degree, const Rows& rows)
      : m_inputs(inputs), m_degree(degree), m_layout{degree + 1, length(rows, 1) - 1}, m_rows(rows) {
    AILOOP_REQUIRE(inputs.count == 1 && degree >= 0 && m_layout.outputs >= 1,
                   "OneVariableSums: one variable, and behind it one target at least");
  }

  [[nodiscard]] const NormalLayout& layout() const { return m_layout; }

  /// How much room a block needs.
  [[nodiscard]] std::int64_t workspace() const {
    return partial_sums() + (panel_columns() + m_layout.outputs + 1) * panel_groups;
  }

  /// \param[out] workspace (workspace()) anything
  /// \param[out] sums      (layout().length())
  void operator()(IndexRange block, Lanes* workspace, double* sums) const {
    const std::int64_t n_partial = partial_sums();
    std::fill(workspace, workspace + n_partial, Lanes{});
    const detail::Panel panel{panel_columns(), m_layout.outputs, workspace + n_partial};
    for (std::int64_t point = block.first; point < block.last; point += panel_points) {
      fill(point, std::min<std::int64_t>(panel_points, block.last - point), panel);
      if constexpr (has_neighbours) {
        detail::add_neighbours<kind>(panel, m_degree, workspace);
      } else {
        detail::add_triangle(panel, workspace);
      }
    }
    if constexpr (has_neighbours) {
      const std::int64_t n_products = 2 * m_layout.columns;
      double* const products = workspace->values;  // the sums of eight lanes take the place of the first of them
      detail::sums_of(workspace, n_products, products);
      products[0] = static_cast<double>(block.size());
      detail::sums_of(workspace + n_products, partial_sums() - n_products, sums + m_layout.triangle());
      detail::expand_neighbours<kind>(m_degree, products, products + m_layout.columns, sums);
    } else {
      detail::sums_of(workspace, partial_sums(), sums);
    }
  }

 private:
  static constexpr bool has_neighbours = kind == Basis::monomial || kind == Basis::chebyshev;

  [[nodiscard]] std::int64_t partial_sums() const {
    return has_neighbours ? m_layout.length() - m_layout.triangle() + 2 * m_layout.columns : m_layout.length();
  }

  /// What all others are made of, or all.
  [[nodiscard]] std::int64_t panel_columns() const { return has_neighbours ? 2 : m_layout.columns; }

  AILOOP_ALWAYS_INLINE void fill(std::int64_t point, std::int64_t n, const detail::Panel& panel) const {
    double* const KOKKOS_RESTRICT t = (has_neighbours ? panel.column(1) : panel.target(panel.outputs))->values;
    double* const KOKKOS_RESTRICT target = panel.target(0)->values;
    if (n == panel_points && panel.outputs == 1 &&
        m_inputs.maps[0].is_identity()) {  // with a stride that the compiler knows
      const auto* const row = &m_rows(point, 0);
      for (std::ptrdiff_t i = 0; i < panel_points; ++i) {
        t[i] = static_cast<double>(row[2 * i]);
        target[i] = static_cast<double>(row[2 * i + 1]);
      }
    } else {
      for (std::int64_t i = 0; i < panel_points; ++i) {
        t[i] = i < n ? m_inputs.value<double>(m_rows, point + i, 0) : 0.0;
      }
      detail::read_targets(m_rows, point, n, 1, panel);
    }
    if constexpr (kind != Basis::monomial) {
      std::fill_n(panel.column(0)->values, panel_points, 1.0);
    }
    if constexpr (!has_neighbours) {
      fill_columns(t, panel);
    }
    detail::clear_behind(n, panel);
  }

  /// Columns 1, 2, ...
  AILOOP_ALWAYS_INLINE void fill_columns(const double* KOKKOS_RESTRICT t, const detail::Panel& panel) const {
    using Recurrence = BasisRecurrence<kind, double>;
    double* value = panel.column(0)->values;
    const std::array<double, panel_points> zeros{};
    const double* previous = zeros.data();
    for (int k = 0; k < m_degree; ++k) {
      const double slope = Recurrence::slope(k);
      const double back = Recurrence::back(k);
      double* const next = value + panel_points;
      std::array<double, panel_points> numbers;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are written
      for (std::size_t i = 0; i < panel_points; ++i) {  // the compiler need not fear that next is one of the others
        numbers[i] = slope * t[i] * value[i] - back * previous[i];
      }
      std::copy(numbers.begin(), numbers.end(), next);
      previous = value;
      value = next;
    }
  }

  PolynomialInputs m_inputs;
  int m_degree;
  NormalLayout m_layout;
  Rows m_rows;
};

/// The sums of a block of samples for any columns.
/// \tparam Fill called as fill(first, n, columns): writes the columns of points first ... first + n - 1 to
///              columns[k * panel_points + i], i < n <= panel_points
template <class Fill, MatrixOn<Kokkos::DefaultHostExecutionSpace> Rows>
class ColumnSums {
 public:
  /// \param[in] rows (n, variables + outputs)
  ColumnSums(Fill fill, const NormalLayout& layout, Rows rows)
      : m_fill(std::move(fill)), m_layout(layout), m_rows(std::move(rows)) {
    AILOOP_REQUIRE(length(m_rows, 1) > layout.outputs, "ColumnSums: rows must have variables, and behind them targets");
  }

  [[nodiscard]] const NormalLayout& layout() const { return m_layout; }

  /// How much room a block needs.
  [[nodiscard]] std::int64_t workspace() const {
    return m_layout.length() + (m_layout.columns + m_layout.outputs) * panel_groups;
  }

  /// \param[out] workspace (workspace()) anything
  /// \param[out] sums      (layout().length())
  void operator()(IndexRange block, Lanes* workspace, double* sums) const {
    std::fill(workspace, workspace + m_layout.length(), Lanes{});
    const detail::Panel panel{m_layout.columns, m_layout.outputs, workspace + m_layout.length()};
    const int n_variables = static_cast<int>(length(m_rows, 1) - m_layout.outputs);
    for (std::int64_t point = block.first; point < block.last; point += panel_points) {
      const std::int64_t n = std::min<std::int64_t>(panel_points, block.last - point);
      m_fill(point, n, panel.column(0)->values);
      detail::clear_behind(n, panel);
      detail::read_targets(m_rows, point, n, n_variables, panel);
      detail::add_triangle(panel, workspace);
    }
    detail::sums_of(workspace, m_layout.length(), sums);
  }

 private:
  Fill m_fill;
  NormalLayout m_layout;
  Rows m_rows;
};

/// The sums of consecutive blocks of samples, each added up by one thread. A single task runs on the calling thread.
/// \param[in]  space      host instance that runs the kernel
/// \param[in]  sums_of    OneVariableSums or ColumnSums; must not start kernels itself
/// \param[in]  n          number of samples
/// \param[in]  blocks     their numbers
/// \param[in]  n_tasks    a task adds up blocks that follow one another
/// \param[out] workspace  (n_tasks, sums_of.workspace()) anything
/// \param[out] partial    (blocks, sums_of.layout().length())
/// \throws UsageError     if there are no such blocks, or workspace or partial are too short
template <ExecutionSpace Space, class SumsOf>
void normal_equations(const Space& space, const SumsOf& sums_of, std::int64_t n, IndexRange blocks,
                      std::int64_t n_tasks, std::span<Lanes> workspace, std::span<double> partial) {
  static_assert(is_host_space_v<Space>, "normal_equations: samples and sums lie in host memory");
  AILOOP_REQUIRE(blocks.first >= 0 && blocks.last <= normal_blocks(n),
                 "normal_equations: there are not that many blocks");
  AILOOP_REQUIRE(std::ssize(workspace) >= n_tasks * sums_of.workspace() &&
                     std::ssize(partial) >= blocks.size() * sums_of.layout().length(),
                 "normal_equations: workspace and partial must have the lengths that sums_of tells");
  for_each_point("ailoop::kernels::normal_equations", space, n_tasks, [=](std::int64_t task) {
    const IndexRange of_task = block_of(blocks.size(), n_tasks, task);
    for (std::int64_t i = of_task.first; i < of_task.last; ++i) {
      sums_of(normal_block(blocks.first + i, n), workspace.data() + task * sums_of.workspace(),
              partial.data() + i * sums_of.layout().length());
    }
  });
}

}  // namespace ailoop::kernels
