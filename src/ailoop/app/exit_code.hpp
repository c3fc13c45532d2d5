#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/emulator/next_action.hpp>

namespace ailoop {

/// What the command returns to the shell; the documented numbers. Of an error: 1 internal error or failed dependency,
/// 2 wrong command line or configuration, 4 numerical failure.
[[nodiscard]] constexpr int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::configuration:
      return 2;
    case ErrorKind::numerical:
      return 4;
    default:
      return 1;
  }
}

/// Of a run: 0 converged, 3 gave up at a limit, 5 interrupted; the state is saved.
[[nodiscard]] constexpr int exit_code_of(End end) { return end == End::converged ? 0 : end == End::gave_up ? 3 : 5; }

}  // namespace ailoop
