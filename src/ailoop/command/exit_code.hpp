// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/emulator/next_action.hpp>

namespace ailoop {

/// What the command returns to the shell; the documented numbers.
enum class ExitCode : int {
  converged = 0,
  failed = 1,           ///< internal error or failed dependency
  wrong_input = 2,      ///< wrong command line or configuration; nothing was written
  gave_up = 3,          ///< a limit was reached
  numerical_error = 4,  ///< training diverged, or a simulation returned what it must not
  interrupted = 5       ///< by a signal or limits.wall_seconds; the state is saved
};

[[nodiscard]] constexpr int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::configuration:
      return static_cast<int>(ExitCode::wrong_input);
    case ErrorKind::numerical:
      return static_cast<int>(ExitCode::numerical_error);
    case ErrorKind::internal:
    case ErrorKind::dependency:
    case ErrorKind::input_output:
      break;
  }
  return static_cast<int>(ExitCode::failed);
}

[[nodiscard]] constexpr int exit_code_of(End end) {
  switch (end) {
    case End::converged:
      return static_cast<int>(ExitCode::converged);
    case End::gave_up:
      return static_cast<int>(ExitCode::gave_up);
    case End::interrupted:
      return static_cast<int>(ExitCode::interrupted);
  }
  return static_cast<int>(ExitCode::failed);
}

}  // namespace ailoop
