#pragma once

#include <ailoop/emulator/run_observer.hpp>

#include <optional>

namespace ailoop {

/// Whether the loop was worth it: its wall time against that of the truth at every query that got an answer, computed
/// by the same ranks in even parts.
struct Payoff {
  double truth_call_s = 0.0;      ///< wall time of the truth at one point, the mean over samples and queries
  double at_every_query_s = 0.0;  ///< what that makes for every query
  double speed_up = 0.0;          ///< that time over the loop's; below 1 the truth alone would have been faster
};

/// Of the part of the run that the outcome's times are of; none where the truth was not asked or no query answered.
[[nodiscard]] std::optional<Payoff> payoff_of(const Outcome& outcome);

}  // namespace ailoop
