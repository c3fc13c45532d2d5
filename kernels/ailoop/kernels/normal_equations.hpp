#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

/// \file
/// The sums that a least-squares fit needs, in double. Samples are cut into blocks of normal_block_points consecutive
/// indices; one thread adds up a block, in a fixed order, and whoever calls combines the blocks in theirs: the same
/// bits for any number of threads. On the host, where samples lie.

namespace ailoop::kernels {

/// Samples of a block.
inline constexpr std::int64_t normal_block_points = 4096;

/// Number of blocks of n samples.
[[nodiscard]] constexpr std::int64_t normal_blocks(std::int64_t n) {
  return (n + normal_block_points - 1) / normal_block_points;
}

/// Samples first ... last - 1.
struct SampleRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// The samples of block number `index` of n samples.
[[nodiscard]] constexpr SampleRange normal_block(std::int64_t index, std::int64_t n) {
  return {index * normal_block_points, std::min((index + 1) * normal_block_points, n)};
}

/// Points that are added up at once.
inline constexpr int panel_points = 32;
/// Numbers that a sum is kept in before they are combined, so that additions need not wait for each other.
inline constexpr int sum_lanes = 8;

/// A sum, or a part of a column of a panel.
struct alignas(64) Lanes {
  double values[sum_lanes];
};

namespace detail {

/// Halves again and again.
[[nodiscard]] inline double sum_of(const Lanes& lanes) {
  const double* const v = lanes.values;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// sum += products of two columns of a panel.
inline void add_products(const double* KOKKOS_RESTRICT a, const double* KOKKOS_RESTRICT b,
                         double* KOKKOS_RESTRICT sum) {
  double total[sum_lanes];
  std::copy_n(sum, sum_lanes, total);
  for (int first = 0; first < panel_points; first += sum_lanes) {
    for (int lane = 0; lane < sum_lanes; ++lane) {
      total[lane] += a[first + lane] * b[first + lane];
    }
  }
  std::copy_n(total, sum_lanes, sum);
}

}  // namespace detail

/// The sums of a block of samples.
/// \tparam Fill called as fill(first, n, columns): writes the columns of points first ... first + n - 1 to
///              columns[k * panel_points + i], i < n <= panel_points
template <class Fill, RealView2D Rows>
class ColumnSums {
 public:
  /// \param[in] rows (n, variables + outputs)
  ColumnSums(Fill fill, const NormalLayout& layout, Rows rows)
      : m_fill(std::move(fill)), m_layout(layout), m_rows(std::move(rows)) {
    AILOOP_REQUIRE(length(m_rows, 1) > layout.outputs, "ColumnSums: rows must have variables, and behind them targets");
  }

  [[nodiscard]] const NormalLayout& layout() const { return m_layout; }

  /// How much room a block needs: for its sums, then for a panel.
  [[nodiscard]] std::int64_t workspace() const {
    return m_layout.length() + (m_layout.columns + m_layout.outputs) * (panel_points / sum_lanes);
  }

  /// \param[out] workspace (workspace()) anything
  /// \param[out] sums      (layout().length())
  void operator()(const SampleRange& block, Lanes* workspace, double* sums) const {
    std::fill(workspace, workspace + m_layout.length(), Lanes{});
    double* const panel = workspace[m_layout.length()].values;
    for (std::int64_t point = block.first; point < block.last; point += panel_points) {
      fill_panel(point, std::min<std::int64_t>(panel_points, block.last - point), panel);
      add_panel(panel, workspace);
    }
    std::transform(workspace, workspace + m_layout.length(), sums, detail::sum_of);
  }

 private:
  /// For each column, then for each target, its numbers at 32 points; behind the last point stand zeros.
  void fill_panel(std::int64_t point, std::int64_t n, double* panel) const {
    m_fill(point, n, panel);
    for (std::int64_t k = 0; n < panel_points && k < m_layout.columns; ++k) {
      std::fill(panel + k * panel_points + n, panel + (k + 1) * panel_points, 0.0);
    }
    const std::int64_t variables = length(m_rows, 1) - m_layout.outputs;
    double* target = panel + m_layout.columns * panel_points;
    for (std::int64_t o = 0; o < m_layout.outputs; ++o) {
      for (std::int64_t i = 0; i < panel_points; ++i) {
        *target++ = i < n ? static_cast<double>(m_rows(point + i, variables + o)) : 0.0;
      }
    }
  }

  /// In the order of NormalLayout.
  void add_panel(const double* panel, Lanes* sums) const {
    Lanes* sum = sums;
    for (std::int64_t j = 0; j < m_layout.columns + m_layout.outputs; ++j) {
      const bool is_target = j >= m_layout.columns;
      const double* const column = panel + j * panel_points;
      for (std::int64_t k = 0; k < (is_target ? m_layout.columns : j + 1); ++k) {
        detail::add_products(column, panel + k * panel_points, (sum++)->values);
      }
      if (is_target) {
        Lanes& square = sums[m_layout.square(j - m_layout.columns)];
        detail::add_products(column, column, square.values);
      }
    }
  }

  Fill m_fill;
  NormalLayout m_layout;
  Rows m_rows;
};

/// The sums of consecutive blocks of samples, each added up by one thread.
/// \param[in]  space      host instance that runs the kernel; enqueues only, never fences
/// \param[in]  sums_of    ColumnSums; must not start kernels itself
/// \param[in]  n          number of samples
/// \param[in]  first      number of the first block
/// \param[out] workspace  (tasks, sums_of.workspace()) Lanes; a task adds up blocks that follow one another
/// \param[out] partial    (blocks, sums_of.layout().length()) double
/// \throws UsageError     if the extents are others
template <ExecutionSpace Space, class SumsOf, class Workspace, RealView2D Partial>
void normal_equations(const Space& space, const SumsOf& sums_of, std::int64_t n, std::int64_t first,
                      const Workspace& workspace, const Partial& partial) {
  static_assert(is_accessible_v<Kokkos::DefaultHostExecutionSpace, Workspace, Partial> &&
                    is_accessible_v<Space, Workspace, Partial>,
                "normal_equations: samples and sums lie in host memory");
  const std::int64_t n_tasks = length(workspace);
  const std::int64_t n_blocks = length(partial);
  AILOOP_REQUIRE(
      n_tasks >= 1 && length(workspace, 1) == sums_of.workspace() && length(partial, 1) == sums_of.layout().length(),
      "normal_equations: workspace and partial must have the lengths that sums_of tells");
  AILOOP_REQUIRE(first >= 0 && first + n_blocks <= normal_blocks(n),
                 "normal_equations: there are not that many blocks");
  Kokkos::parallel_for("ailoop::kernels::normal_equations", range(space, n_tasks),
                       [=](const std::int64_t task) {  // on the host alone
                         const std::int64_t last = (task + 1) * n_blocks / n_tasks;
                         for (std::int64_t i = task * n_blocks / n_tasks; i < last; ++i) {
                           sums_of(normal_block(first + i, n), &workspace(task, 0), &partial(i, 0));
                         }
                       });
}

}  // namespace ailoop::kernels
