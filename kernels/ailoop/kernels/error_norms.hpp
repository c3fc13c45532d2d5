#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

/// \file
/// Norms of differences, computed in double; the same bits for any number of threads. For matrices pass Views of their
/// numbers as one vector.

namespace ailoop::kernels {

/// Numbers that rms_error adds one after the other before it combines blocks.
inline constexpr std::int64_t error_block_size = 1024;

/// Length of the workspace of rms_error for n numbers.
[[nodiscard]] constexpr std::int64_t error_blocks(std::int64_t n) {
  return (n + error_block_size - 1) / error_block_size;
}

/// Largest |a - b|. A difference that is NaN counts as infinite, so that no norm hides it.
/// \param[in]  space  instance that runs the kernel; enqueues only, never fences
/// \param[in]  a      (n)
/// \param[in]  b      (n)
/// \param[out] result () double; 0 for n = 0
/// \throws UsageError if the extents differ
template <ExecutionSpace Space, RealView1D A, RealView1D B, RealView0D Result>
void max_error(const Space& space, const A& a, const B& b, const Result& result) {
  static_assert(is_accessible_v<Space, A, B, Result>, "max_error: the Views must be accessible from Space");
  static_assert(std::is_same_v<typename Result::value_type, double>, "max_error: result must be a mutable double");
  AILOOP_REQUIRE(a.extent(0) == b.extent(0), "max_error: a and b must have the same length");
  const std::int64_t n = length(a);
  // One iteration at least: the result of an empty reduction would be the lowest double, not 0.
  Kokkos::parallel_reduce(
      "ailoop::kernels::max_error", range(space, n > 0 ? n : 1),
      KOKKOS_LAMBDA(const std::int64_t i, double& largest) {
        double error = i < n ? abs(static_cast<double>(a(i)) - static_cast<double>(b(i))) : 0.0;
        if (!is_finite(error)) error = std::numeric_limits<double>::infinity();
        largest = error > largest ? error : largest;
      },
      Kokkos::Max<double, typename Result::memory_space>(result));
}

/// Root of the mean of (a - b)^2. Blocks of error_block_size numbers are added in index order, then the blocks in
/// theirs. Differences beyond 1e154 overflow to infinity; NaN stays NaN.
/// \param[in]  space    instance that runs the kernels; enqueues only, never fences
/// \param[in]  a        (n)
/// \param[in]  b        (n)
/// \param[out] partial  (error_blocks(n)) double, workspace
/// \param[out] result   () double; 0 for n = 0
/// \throws UsageError   if the extents are others
template <ExecutionSpace Space, RealView1D A, RealView1D B, RealView1D Partial, RealView0D Result>
void rms_error(const Space& space, const A& a, const B& b, const Partial& partial, const Result& result) {
  static_assert(is_accessible_v<Space, A, B, Partial, Result>, "rms_error: the Views must be accessible from Space");
  static_assert(std::is_same_v<typename Partial::value_type, double>, "rms_error: partial must hold mutable doubles");
  static_assert(std::is_same_v<typename Result::value_type, double>, "rms_error: result must be a mutable double");
  const std::int64_t n = length(a);
  const std::int64_t n_blocks = error_blocks(n);
  AILOOP_REQUIRE(length(b) == n, "rms_error: a and b must have the same length");
  AILOOP_REQUIRE(length(partial) == n_blocks, "rms_error: partial must have error_blocks(n) numbers");
  Kokkos::parallel_for(
      "ailoop::kernels::rms_error", range(space, n_blocks), KOKKOS_LAMBDA(const std::int64_t block) {
        const std::int64_t begin = block * error_block_size;
        const std::int64_t end = begin + error_block_size < n ? begin + error_block_size : n;
        double sum = 0.0;
        for (std::int64_t i = begin; i < end; ++i) {
          const double error = static_cast<double>(a(i)) - static_cast<double>(b(i));
          sum += error * error;
        }
        partial(block) = sum;
      });
  Kokkos::parallel_for(
      "ailoop::kernels::rms_error", range(space, 1), KOKKOS_LAMBDA(const std::int64_t) {
        double sum = 0.0;
        for (std::int64_t block = 0; block < n_blocks; ++block) sum += partial(block);
        result() = n > 0 ? sqrt(sum / static_cast<double>(n)) : 0.0;
      });
}

/// How many numbers are infinite or NaN.
/// \param[in]  space instance that runs the kernel; enqueues only, never fences
/// \param[in]  a     (n)
/// \param[out] count () 64-bit integer
template <ExecutionSpace Space, RealView1D A, IndexView0D Count>
void count_non_finite(const Space& space, const A& a, const Count& count) {
  static_assert(is_accessible_v<Space, A, Count>, "count_non_finite: the Views must be accessible from Space");
  static_assert(std::is_same_v<typename Count::value_type, std::int64_t>,
                "count_non_finite: count must be a mutable std::int64_t");
  Kokkos::parallel_reduce(
      "ailoop::kernels::count_non_finite", range(space, length(a)),
      KOKKOS_LAMBDA(const std::int64_t i, std::int64_t& sum) { sum += is_finite(a(i)) ? 0 : 1; },
      Kokkos::Sum<std::int64_t, typename Count::memory_space>(count));
}

}  // namespace ailoop::kernels
