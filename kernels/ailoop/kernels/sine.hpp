// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/all_hold.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/polynomial_sine.hpp>
#include <ailoop/kernels/strided.hpp>

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
  return fabs(x) <= polynomial_sine_limit ? polynomial_sine(x) : sin(x);
}

namespace detail {

/// sine of angles; vectorised where polynomial_sine is defined at all of them.
template <class X, class Y>
void sines(const StridedVector<X>& x, const StridedVector<Y>& y) {
  const auto is_in = [&](std::int64_t i) { return fabs(double{x.data[i]}) <= polynomial_sine_limit; };
  if (x.stride == 1 && all_hold(x.size, is_in)) {
    transform(x, y, [](double angle) { return polynomial_sine(angle); });
  } else {
    transform(x, y, [](double angle) { return sine(angle); });
  }
}

}  // namespace detail

/// The truth of the problem `sine`: y = sin x, computed in double.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  angles (n) x [rad]
/// \param[out] sines  (n) y [1], off by at most sine_epsilons 2^-52 |sin x|, then rounded
/// \throws UsageError if the lengths differ
template <ExecutionSpace Space, VectorOn<Space> X, VectorOn<Space> Y>
  requires is_writable_v<Y>
void sine(const Space& space, const X& angles, const Y& sines) {
  const auto x = strided(angles);
  const auto y = strided(sines);
  AILOOP_REQUIRE(x.size == y.size, "sine: x and y must have the same length");
  for_each_stretch(
      "ailoop::kernels::sine", space, x.size,
      KOKKOS_LAMBDA(const std::int64_t i) { y(i) = static_cast<typename Y::value_type>(sine(x(i))); },
      [=](std::int64_t first, std::int64_t count) { detail::sines(x.part(first, count), y.part(first, count)); });
}

}  // namespace ailoop::kernels
