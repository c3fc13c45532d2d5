// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop::test {

/// What this thread called since call_counts was called for the first time, outside of the MPI library.
struct CallCounts {
  std::int64_t allocations = 0;  ///< malloc and what else allocates, whoever called it
  std::int64_t locks = 0;        ///< of mutexes

  [[nodiscard]] friend CallCounts operator-(const CallCounts& a, const CallCounts& b) {
    return {a.allocations - b.allocations, a.locks - b.locks};
  }
};

[[nodiscard]] CallCounts call_counts() noexcept;

/// From now on a system call of this thread ends the process with SIGSYS.
void forbid_system_calls();

/// Ends the process, with exit code 0, after `forbid_system_calls`.
[[noreturn]] void end_without_system_calls();

}  // namespace ailoop::test
