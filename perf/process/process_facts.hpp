#pragma once

#include <cstdint>
#include <optional>

namespace ailoop::perf {

/// Seconds from the moment that AILOOP_EXEC_TIME tells (seconds since 1970, taken just before the program was executed)
/// until now; none where it is not set. Both are read from the clock of the date, so that a shell can write the first.
[[nodiscard]] std::optional<double> seconds_since_exec();

/// Memory that this process shares with no other: Private_Clean and Private_Dirty of /proc/self/smaps_rollup [KiB].
/// \throws std::runtime_error where the kernel does not tell it
[[nodiscard]] std::int64_t private_kib();

}  // namespace ailoop::perf
