#pragma once

#include <ailoop/emulator/next_action.hpp>

#include <cstdint>

namespace ailoop {

/// How queries are answered, and answers looked at.
struct EmulatorSettings {
  /// Of one call of evaluate; `accepted`, `batch` and `queries` follow from what the call brings.
  Limits limits;
  std::int64_t audit = 0;  ///< the truth is computed at 1 of so many accepted answers; 0: none
  std::uint64_t seed = 0;  ///< of the choice of these
};

/// Which rows of checks a loop keeps for its observers.
enum class KeptChecks {
  none,
  not_accepted,  ///< all but those that a query's first check accepts
  all,
};

}  // namespace ailoop
