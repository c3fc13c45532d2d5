// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace ailoop {

/// While it lives, SIGTERM, SIGINT, SIGUSR1 and SIGHUP do not end the process but ask the run to save its state and
/// stop. What handled them before is still called, so that an MPI library that uses one of them goes on working. A
/// second SIGINT after a second or more ends the process at once: somebody at a terminal does not want to wait. (One
/// key can arrive twice, from the terminal and from the launcher.) What was ignored stays so. One object at a time,
/// made after MPI_Init.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// Whether one of the signals has come since the object was made.
  [[nodiscard]] static bool have_come() noexcept;
};

}  // namespace ailoop
