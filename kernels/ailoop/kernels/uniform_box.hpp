#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// Points uniform in a box. Row i is the point of index first_index + i: a function of (seed, purpose, index), so any
/// split of the indices over calls, ranks, threads and spaces gives the same bits. The components of a point are
/// drawn in their order from its own generator.
/// \tparam Real precision of the numbers drawn: float or double; each component is a Real in [lower, upper)
/// \param[in]  space       instance that runs the kernel; enqueues only, never fences
/// \param[in]  seed        seed of the run
/// \param[in]  purpose     what the points are for
/// \param[in]  first_index global index of the first row, >= 0
/// \param[in]  lower       (d) lower ends, included
/// \param[in]  upper       (d) upper ends, excluded; is_valid_interval<Real> must hold for each component
/// \param[out] x           (n, d) points; stored as they are where x is more precise than Real
/// \throws UsageError      if first_index is negative or the extents differ
template <std::floating_point Real, ExecutionSpace Space, RealView1D Lower, RealView1D Upper, RealView2D X>
void uniform_box(const Space& space, std::uint64_t seed, Purpose purpose, std::int64_t first_index, const Lower& lower,
                 const Upper& upper, const X& x) {
  static_assert(is_accessible_v<Space, Lower, Upper, X>, "uniform_box: the Views must be accessible from Space");
  static_assert(is_writable_v<X>, "uniform_box: x must not be const");
  static_assert(sizeof(typename X::value_type) >= sizeof(Real), "uniform_box: x must hold a Real without rounding");
  AILOOP_REQUIRE(first_index >= 0, "uniform_box: first_index must not be negative");
  AILOOP_REQUIRE(lower.extent(0) == x.extent(1) && upper.extent(0) == x.extent(1),
                 "uniform_box: lower and upper must have one component for each column of x");
  const int dimension = static_cast<int>(x.extent(1));
  Kokkos::parallel_for(
      "ailoop::kernels::uniform_box", range(space, length(x)), KOKKOS_LAMBDA(const std::int64_t i) {
        auto random = generator<Space>(seed, purpose, static_cast<std::uint64_t>(first_index + i));
        for (int j = 0; j < dimension; ++j) {
          x(i, j) = uniform<Real>(random, static_cast<double>(lower(j)), static_cast<double>(upper(j)));
        }
      });
}

}  // namespace ailoop::kernels
