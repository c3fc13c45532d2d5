#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// Copies chosen rows of a matrix, in a chosen order, each number rounded to the precision of out.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  order  (m) indices of rows of in, each in 0 ... n - 1
/// \param[in]  in     (n, d)
/// \param[out] out    (m, d): out(i, j) = in(order(i), j)
/// \throws UsageError if order and out differ in length, or in and out in columns
template <ExecutionSpace Space, IndexView1D Order, RealView2D In, RealView2D Out>
void gather_rows(const Space& space, const Order& order, const In& in, const Out& out) {
  static_assert(is_accessible_v<Space, Order, In, Out>, "gather_rows: the Views must be accessible from Space");
  static_assert(is_writable_v<Out>, "gather_rows: out must not be const");
  AILOOP_REQUIRE(order.extent(0) == out.extent(0), "gather_rows: order and out must have the same length");
  AILOOP_REQUIRE(in.extent(1) == out.extent(1), "gather_rows: in and out must have the same number of columns");
  using Real = typename Out::value_type;
  const int columns = static_cast<int>(out.extent(1));
  Kokkos::parallel_for(
      "ailoop::kernels::gather_rows", range(space, length(out)), KOKKOS_LAMBDA(const std::int64_t i) {
        const auto row = static_cast<std::int64_t>(order(i));
        for (int j = 0; j < columns; ++j) out(i, j) = static_cast<Real>(in(row, j));
      });
}

}  // namespace ailoop::kernels
