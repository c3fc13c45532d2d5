#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/polynomial_sine.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// Largest error of sine and of the library's sin in double, in units of 2^-52 |sin x|: 1.75 of polynomial_sine, less
/// than 1 of glibc, at most 2 of CUDA (CUDA C++ Programming Guide, "Mathematical Functions", table of double-precision
/// functions). A unit in the last place is at most one such unit.
inline constexpr double sine_epsilons = 2.0;
static_assert(polynomial_sine_roundings * 0x1p-53 <= sine_epsilons * 0x1p-52);

/// The truth of the problem `sine` at one point: polynomial_sine where it is defined, the library's sin outside, so NaN
/// for what is not finite.
/// \param[in] x [rad]
[[nodiscard]] KOKKOS_INLINE_FUNCTION double sine(double x) {
  return abs(x) <= polynomial_sine_limit ? polynomial_sine(x) : sin(x);
}

/// The truth of the problem `sine`: y = sin x, computed in double.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  x      (n) angle [rad]
/// \param[out] y      (n) [1], off by at most sine_epsilons 2^-52 |sin x|, then rounded
/// \throws UsageError if the extents differ
template <ExecutionSpace Space, RealView1D X, RealView1D Y>
void sine(const Space& space, const X& x, const Y& y) {
  static_assert(is_accessible_v<Space, X, Y>, "sine: x and y must be accessible from Space");
  static_assert(is_writable_v<Y>, "sine: y must not be const");
  AILOOP_REQUIRE(x.extent(0) == y.extent(0), "sine: x and y must have the same length");
  using Real = typename Y::value_type;
  Kokkos::parallel_for(
      "ailoop::kernels::sine", range(space, length(x)),
      KOKKOS_LAMBDA(const std::int64_t i) { y(i) = static_cast<Real>(sine(static_cast<double>(x(i)))); });
}

}  // namespace ailoop::kernels
