// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <limits>

namespace ailoop {

/// Where kernels run. Each place is one instance of one of Kokkos' spaces (kernels/execution.hpp); a build has the last
/// one only if its Kokkos has.
enum class Execution : std::uint8_t {
  calling_thread,  ///< for a few points, which are too little work to share
  host_threads,
  device,
};

/// From so many cheap points on, threads are faster than the calling thread alone. Measured with perf/prediction.
inline constexpr std::int64_t worth_threads = 30'000;

/// From so many cheap points on, a device is faster than the host's threads, the way of the points to it included. Not
/// measured yet.
inline constexpr std::int64_t worth_device = 1 << 16;

/// Where to run kernels on host memory over points that cost next to nothing each: waking threads costs more than a few
/// thousand of them, and much more where other processes use the cores. Results are the same.
[[nodiscard]] constexpr Execution execution_for(std::int64_t points) {
  return points < worth_threads ? Execution::calling_thread : Execution::host_threads;
}

/// Where the kernels of a run work, decided once at its start.
struct Executions {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  /// From so many points on, the device is worth the way there; `never` where none is used.
  std::int64_t device_from = never;

  [[nodiscard]] constexpr bool use_device() const { return device_from != never; }
  /// Of points that cost next to nothing each, in any memory.
  [[nodiscard]] constexpr Execution of(std::int64_t points) const {
    return points >= device_from ? Execution::device : execution_for(points);
  }
};

}  // namespace ailoop
