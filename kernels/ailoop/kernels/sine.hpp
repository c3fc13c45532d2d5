#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// The truth of the problem `sine`: y = sin x, computed in double.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  x      (n) angle [rad]
/// \param[out] y      (n) [1], off by at most sine_ulps units in the last place
/// \throws UsageError if the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D Y>
void sine(const Space& space, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, X, Y>, "sine: x and y must be accessible from Space");
  static_assert(is_writable_v<Y>, "sine: y must not be const");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "sine: x and y must have the same length");
  using Real = typename Y::value_type;
  Kokkos::parallel_for(
      "ailoop::kernels::sine", range(space, length(x)),
      KOKKOS_LAMBDA(const std::int64_t i) { y(i) = static_cast<Real>(sin(static_cast<double>(x(i)))); });
}

/// Largest error of sine in double, in units in the last place: below 1 in glibc, at most 2 in CUDA (CUDA C++
/// Programming Guide, "Mathematical Functions", table of double-precision functions).
inline constexpr double sine_ulps = 2.0;

}  // namespace ailoop::kernels
