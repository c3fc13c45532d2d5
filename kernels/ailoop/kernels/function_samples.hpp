#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ailoop::kernels {
namespace detail {

/// Points that are drawn together before the function is computed: in one chain of operations a processor would look
/// ahead no further than the next few points, and wait for most of it.
template <ExecutionSpace Space>
inline constexpr int points_drawn_v = block_points_v<Space> > 1 ? 64 : 1;

/// `points` rows from a position on.
template <ExecutionSpace Space, int points, class Function, std::floating_point Real>
KOKKOS_INLINE_FUNCTION void sample_rows(std::uint64_t position, const SampledInterval<Real>& interval,
                                        const Function& function, Real* row) {
  Real x[points];
  for (std::int64_t i = 0; i < points; ++i) {
    x[i] = uniform_at<Space>(position + static_cast<std::uint64_t>(i) * golden_gamma, interval);
  }
  for (std::int64_t i = 0; i < points; ++i) {
    row[2 * i] = x[i];
    row[2 * i + 1] = static_cast<Real>(function(static_cast<double>(x[i])));
  }
}

}  // namespace detail

/// Samples of a function of one variable, drawn and computed in one pass over memory: the points of uniform_box in
/// [lower, upper), and the function there, computed in double. A function without branches and calls makes a loop that
/// vectorises.
/// \param[in]  space       instance that runs the kernel; enqueues only, never fences
/// \param[in]  seed        seed of the run
/// \param[in]  purpose     what the points are for
/// \param[in]  first_index global index of the first row, >= 0
/// \param[in]  lower       lower end, included
/// \param[in]  upper       upper end, excluded; is_valid_interval must hold in the precision of the rows
/// \param[in]  function    copyable, with `KOKKOS_FUNCTION double operator()(double) const`
/// \param[out] rows        (n, 2) [x | function(x)], row-major without gaps; x is drawn in their precision
/// \throws UsageError      if first_index is negative or the rows are not as described
template <ExecutionSpace Space, class Function, RealView2D Rows>
void function_samples(const Space& space, std::uint64_t seed, Purpose purpose, std::int64_t first_index, double lower,
                      double upper, const Function& function, const Rows& rows) {
  static_assert(is_accessible_v<Space, Rows>, "function_samples: rows must be accessible from Space");
  static_assert(is_writable_v<Rows>, "function_samples: rows must not be const");
  static_assert(std::is_same_v<typename Rows::array_layout, Kokkos::LayoutRight>,
                "function_samples: rows must be row-major");
  AILOOP_REQUIRE(first_index >= 0, "function_samples: first_index must not be negative");
  AILOOP_REQUIRE(rows.extent(1) == 2 && rows.span_is_contiguous(),
                 "function_samples: rows must have two columns and no gaps");
  using Real = typename Rows::value_type;
  constexpr std::int64_t block_points = block_points_v<Space>;
  const std::uint64_t start = stream_position(stream_base(seed, purpose), static_cast<std::uint64_t>(first_index));
  const SampledInterval<Real> sampled = sampled_interval<Real>(lower, upper);
  const std::int64_t n = length(rows);
  Real* const numbers = rows.data();
  Kokkos::parallel_for(
      "ailoop::kernels::function_samples", range(space, block_count<Space>(n)),
      KOKKOS_LAMBDA(const std::int64_t block) {
        const SampledInterval<Real> interval = sampled;  // copies, which the stores cannot change
        const Function f = function;
        const std::int64_t first = block * block_points;
        const std::int64_t count = n - first < block_points ? n - first : block_points;
        Real* const row = numbers + 2 * first;
        const std::uint64_t position = start + static_cast<std::uint64_t>(first) * golden_gamma;
        constexpr int together = detail::points_drawn_v<Space>;
        std::int64_t i = 0;
        for (; i + together <= count; i += together) {
          detail::sample_rows<Space, together>(position + static_cast<std::uint64_t>(i) * golden_gamma, interval, f,
                                               row + 2 * i);
        }
        for (; i < count; ++i) {
          detail::sample_rows<Space, 1>(position + static_cast<std::uint64_t>(i) * golden_gamma, interval, f,
                                        row + 2 * i);
        }
      });
}

}  // namespace ailoop::kernels
