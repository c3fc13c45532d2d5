#pragma once

#include <cstdint>

namespace ailoop::test {

/// What a process called since its start.
struct CallCounts {
  std::int64_t allocations = 0;  ///< malloc and what else allocates, whoever called it
  std::int64_t locks = 0;  ///< of mutexes by the program itself and what is linked into it, but not by shared libraries

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
