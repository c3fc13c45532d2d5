// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <optional>

namespace ailoop::perf {

/// Seconds from the moment that AILOOP_EXEC_TIME tells (seconds since 1970, taken just before the program was executed)
/// until now; none where it is not set. Both are read from the clock of the date, so that a shell can write the first.
[[nodiscard]] std::optional<double> seconds_since_exec();

/// Memory of this process that no other one has, of /proc/self/smaps_rollup [KiB].
struct PrivateMemory {
  std::int64_t dirty_kib = 0;  ///< what it wrote, which only it can have
  std::int64_t clean_kib =
      0;  ///< of files that nobody else maps at the moment, a library loaded by one rank for instance
};

/// \throws std::runtime_error where the kernel does not tell it
[[nodiscard]] PrivateMemory private_memory();

}  // namespace ailoop::perf
