#pragma once

#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/kernels/vector_lanes.hpp>

#include <cstdint>

/// \file
/// The innermost sums of least-squares fits: over 32 points, the products of columns with each other and with targets.

namespace ailoop::kernels {

/// Points that are added up at once.
inline constexpr int panel_points = 32;
/// Groups of Lanes that hold a number for each of them.
inline constexpr int panel_groups = panel_points / sum_lanes;

namespace detail {

/// A panel: for each column, then for each target, its numbers at 32 points. Behind the last point stand zeros.
struct Panel {
  std::int64_t columns = 0;
  std::int64_t outputs = 0;
  Lanes* numbers = nullptr;  // (columns + outputs, panel_groups)

  [[nodiscard]] Lanes* column(std::int64_t k) const { return numbers + k * panel_groups; }
  [[nodiscard]] Lanes* target(std::int64_t output) const { return column(columns + output); }
};

/// sum += products of a and b, group after group.
template <class Unit>
AILOOP_ALWAYS_INLINE void add_products(const Lanes* a, const Lanes* b, Lanes& sum) {
  for (int lane = 0; lane < sum_lanes; lane += Unit::width) {
    typename Unit::Vector total;
    Unit::load(sum.values + lane, total);
    for (int g = 0; g < panel_groups; ++g) {
      typename Unit::Vector of_a;
      typename Unit::Vector of_b;
      Unit::load(a[g].values + lane, of_a);
      Unit::load(b[g].values + lane, of_b);
      Unit::multiply_add(of_a, of_b, total);
    }
    Unit::store(sum.values + lane, total);
  }
}

/// sum += numbers, group after group.
template <class Unit>
AILOOP_ALWAYS_INLINE void add_numbers(const Lanes* numbers, Lanes& sum) {
  for (int lane = 0; lane < sum_lanes; lane += Unit::width) {
    typename Unit::Vector total;
    Unit::load(sum.values + lane, total);
    for (int g = 0; g < panel_groups; ++g) {
      typename Unit::Vector more;
      Unit::load(numbers[g].values + lane, more);
      total += more;
    }
    Unit::store(sum.values + lane, total);
  }
}

/// Right sides and squares of the targets from the first one on.
/// \param[in,out] sums (outputs * (columns + 1)) in the order of NormalLayout
template <class Unit>
AILOOP_ALWAYS_INLINE void add_targets(const Panel& panel, std::int64_t first, Lanes* sums) {
  for (std::int64_t o = first; o < panel.outputs; ++o) {
    for (std::int64_t k = 0; k < panel.columns; ++k) {
      add_products<Unit>(panel.target(o), panel.column(k), sums[o * panel.columns + k]);
    }
    add_products<Unit>(panel.target(o), panel.target(o), sums[panel.outputs * panel.columns + o]);
  }
}

/// All that a fit needs.
/// \param[in,out] sums (NormalLayout::length())
template <class Unit>
AILOOP_ALWAYS_INLINE void add_triangle(const Panel& panel, Lanes* sums) {
  Lanes* sum = sums;
  for (std::int64_t j = 0; j < panel.columns; ++j) {
    for (std::int64_t k = 0; k <= j; ++k) {
      add_products<Unit>(panel.column(j), panel.column(k), *sum++);
    }
  }
  add_targets<Unit>(panel, 0, sum);
}

/// The last row of the Gram matrix and the sums of the columns instead of the whole triangle; column 0 is 1, and what
/// follows from that is left out. The first target is taken along, for each column is then read once.
/// \param[in,out] sums (2 * columns + outputs * (columns + 1)): of each column, of its products with the last one, then
///                     as add_targets
template <class Unit>
AILOOP_ALWAYS_INLINE void add_edges(const Panel& panel, Lanes* sums) {
  using Vector = typename Unit::Vector;
  static_assert(panel_groups == 4);  // written out, so that all stays in registers
  const Lanes* const target = panel.target(0);
  const Lanes* const last = panel.column(panel.columns - 1);
  Lanes* const alone = sums;
  Lanes* const with_last = alone + panel.columns;
  Lanes* const with_target = with_last + panel.columns;
  for (int lane = 0; lane < sum_lanes; lane += Unit::width) {
    Vector y_0;
    Vector y_1;
    Vector y_2;
    Vector y_3;
    Unit::load(target[0].values + lane, y_0);
    Unit::load(target[1].values + lane, y_1);
    Unit::load(target[2].values + lane, y_2);
    Unit::load(target[3].values + lane, y_3);
    Vector e_0;
    Vector e_1;
    Vector e_2;
    Vector e_3;
    Unit::load(last[0].values + lane, e_0);
    Unit::load(last[1].values + lane, e_1);
    Unit::load(last[2].values + lane, e_2);
    Unit::load(last[3].values + lane, e_3);
    for (std::int64_t k = 1; k < panel.columns; ++k) {
      const Lanes* const column = panel.column(k);
      Vector c_0;
      Vector c_1;
      Vector c_2;
      Vector c_3;
      Unit::load(column[0].values + lane, c_0);
      Unit::load(column[1].values + lane, c_1);
      Unit::load(column[2].values + lane, c_2);
      Unit::load(column[3].values + lane, c_3);
      Vector sum;
      Unit::load(alone[k].values + lane, sum);
      sum += (c_0 + c_1) + (c_2 + c_3);
      Unit::store(alone[k].values + lane, sum);
      Unit::load(with_last[k].values + lane, sum);
      Unit::multiply_add(e_0, c_0, sum);
      Unit::multiply_add(e_1, c_1, sum);
      Unit::multiply_add(e_2, c_2, sum);
      Unit::multiply_add(e_3, c_3, sum);
      Unit::store(with_last[k].values + lane, sum);
      Unit::load(with_target[k].values + lane, sum);
      Unit::multiply_add(y_0, c_0, sum);
      Unit::multiply_add(y_1, c_1, sum);
      Unit::multiply_add(y_2, c_2, sum);
      Unit::multiply_add(y_3, c_3, sum);
      Unit::store(with_target[k].values + lane, sum);
    }
  }
  add_numbers<Unit>(target, with_target[0]);
  add_products<Unit>(target, target, with_target[panel.outputs * panel.columns]);
  add_targets<Unit>(panel, 1, with_target);
}

}  // namespace detail
}  // namespace ailoop::kernels
