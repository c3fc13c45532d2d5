// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {
namespace detail {

/// Numbers of an interval from a position on: a loop that vectorises.
template <ExecutionSpace Space, std::floating_point Real, std::floating_point T>
void uniform_numbers(std::uint64_t position, const SampledInterval<Real>& interval, T* x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    auto random = generator_at<Space>(position);
    x[i] = map_to_interval(static_cast<double>(unit_interval<Real>(random)), interval);
    position += golden_gamma;
  }
}

}  // namespace detail

/// Points uniform in a box. Row i is the point of index first_index + i: a function of (seed, purpose, index), so any
/// split of the indices over calls, ranks, threads and spaces gives the same bits. The components of a point are
/// drawn in their order from its own generator. All memory is such that the space can access it.
/// \tparam Real precision of the numbers drawn: float or double; each component is a Real in [lower, upper)
/// \param[in]  space       instance that runs the kernel; enqueues only, never fences
/// \param[in]  seed        seed of the run
/// \param[in]  purpose     what the points are for
/// \param[in]  first_index global index of the first row, >= 0
/// \param[in]  dimension   d
/// \param[in]  lower       (d) lower ends, included
/// \param[in]  upper       (d) upper ends, excluded; is_valid_interval<Real> must hold for each component
/// \param[in]  n           points
/// \param[out] x           (n, d) row-major without gaps; stored as they are where T is more precise than Real
/// \throws UsageError      if first_index is negative
template <std::floating_point Real, ExecutionSpace Space, std::floating_point T>
void uniform_box(const Space& space, std::uint64_t seed, Purpose purpose, std::int64_t first_index,
                 std::int64_t dimension, const double* lower, const double* upper, std::int64_t n, T* x) {
  static_assert(sizeof(T) >= sizeof(Real), "uniform_box: x must hold a Real without rounding");
  AILOOP_REQUIRE(first_index >= 0, "uniform_box: first_index must not be negative");
  const std::uint64_t start = stream_position(stream_base(seed, purpose), static_cast<std::uint64_t>(first_index));
  const auto point = KOKKOS_LAMBDA(const std::int64_t i) {
    auto random = generator_at<Space>(start + static_cast<std::uint64_t>(i) * golden_gamma);
    for (std::int64_t j = 0; j < dimension; ++j) {
      x[i * dimension + j] = uniform<Real>(random, lower[j], upper[j]);
    }
  };
  const auto points = [=](std::int64_t first, std::int64_t count) {
    if (dimension == 1) {
      const auto interval = sampled_interval<Real>(lower[0], upper[0]);
      detail::uniform_numbers<Space>(start + static_cast<std::uint64_t>(first) * golden_gamma, interval, x + first,
                                     count);
    } else {
      for (std::int64_t i = first; i < first + count; ++i) point(i);
    }
  };
  for_each_stretch("ailoop::kernels::uniform_box", space, n, point, points);
}

}  // namespace ailoop::kernels
