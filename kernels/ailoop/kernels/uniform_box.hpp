#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {
namespace detail {

/// Numbers of an interval from a position on: a loop that vectorises.
template <ExecutionSpace Space, std::floating_point Real, std::floating_point T>
KOKKOS_INLINE_FUNCTION void uniform_numbers(std::uint64_t position, const SampledInterval<Real>& interval, T* x,
                                            std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = uniform_at<Space>(position, interval);
    position += golden_gamma;
  }
}

/// uniform_box of one dimension where the points lie one behind the other: vectorised inside blocks.
template <std::floating_point Real, ExecutionSpace Space, RealView1D Lower, RealView1D Upper, std::floating_point T>
void uniform_interval(const Space& space, std::uint64_t base, std::uint64_t first_index, const Lower& lower,
                      const Upper& upper, T* x, std::int64_t n) {
  constexpr std::int64_t block_points = block_points_v<Space>;
  Kokkos::parallel_for(
      "ailoop::kernels::uniform_box", range(space, block_count<Space>(n)), KOKKOS_LAMBDA(const std::int64_t block) {
        const auto interval = sampled_interval<Real>(static_cast<double>(lower(0)), static_cast<double>(upper(0)));
        const std::int64_t first = block * block_points;
        const std::int64_t count = n - first < block_points ? n - first : block_points;
        const std::uint64_t position = stream_position(base, first_index + static_cast<std::uint64_t>(first));
        uniform_numbers<Space>(position, interval, x + first, count);
      });
}

}  // namespace detail

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
  if (dimension == 1 && x.span_is_contiguous()) {
    detail::uniform_interval<Real>(space, stream_base(seed, purpose), static_cast<std::uint64_t>(first_index), lower,
                                   upper, x.data(), length(x));
    return;
  }
  Kokkos::parallel_for(
      "ailoop::kernels::uniform_box", range(space, length(x)), KOKKOS_LAMBDA(const std::int64_t i) {
        auto random = generator<Space>(seed, purpose, static_cast<std::uint64_t>(first_index + i));
        for (int j = 0; j < dimension; ++j) {
          x(i, j) = uniform<Real>(random, static_cast<double>(lower(j)), static_cast<double>(upper(j)));
        }
      });
}

/// The same in the memory of the host, without Views, which take longer to make than a point: few points are drawn on
/// the calling thread.
/// \param[in]  lower, upper (d)
/// \param[out] x            (n, d), row-major without gaps
/// \throws UsageError       if first_index is negative
template <std::floating_point Real, ExecutionSpace Space, std::floating_point T>
void uniform_box(const Space& space, std::uint64_t seed, Purpose purpose, std::int64_t first_index,
                 std::int64_t dimension, const double* lower, const double* upper, std::int64_t n, T* x) {
  static_assert(is_host_space_v<Space>, "uniform_box: without Views, x must lie on the host");
  static_assert(sizeof(T) >= sizeof(Real), "uniform_box: x must hold a Real without rounding");
  AILOOP_REQUIRE(first_index >= 0, "uniform_box: first_index must not be negative");
  const std::uint64_t start = stream_position(stream_base(seed, purpose), static_cast<std::uint64_t>(first_index));
  if (dimension == 1) {
    const auto interval = sampled_interval<Real>(lower[0], upper[0]);
    const auto numbers = [=](std::int64_t first, std::int64_t count) {
      const std::uint64_t position = start + static_cast<std::uint64_t>(first) * golden_gamma;
      detail::uniform_numbers<Space>(position, interval, x + first, count);
    };
    for_each_stretch("ailoop::kernels::uniform_box", space, n, [=](std::int64_t i) { numbers(i, 1); }, numbers);
    return;
  }
  for_each_point("ailoop::kernels::uniform_box", space, n, PointCost::cheap, [=](std::int64_t i) {
    auto random = generator_at<Space>(start + static_cast<std::uint64_t>(i) * golden_gamma);
    for (std::int64_t j = 0; j < dimension; ++j) {
      x[i * dimension + j] = uniform<Real>(random, lower[j], upper[j]);
    }
  });
}

}  // namespace ailoop::kernels
