// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/next_action.hpp>
#include <ailoop/sampling/sampling_times.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace ailoop {

/// How queries are answered, and answers looked at.
struct EmulatorSettings {
  /// Of one call of evaluate; `accepted`, `batch` and `queries` follow from what the call brings.
  Limits limits;
  std::int64_t audit = 0;  ///< the truth is computed at 1 of so many accepted answers; 0: none
  std::uint64_t seed = 0;  ///< of the choice of these
};

/// Result of a retraining; all but `first_sample` and `drawn` is filled on the model rank.
struct RetrainingReport {
  std::int64_t first_sample = 0;
  std::int64_t drawn = 0;                 ///< samples whose truth was computed
  std::int64_t failed = 0;                ///< of these, left out because the truth failed
  std::int64_t inconclusive = 0;          ///< earlier queries trained on beside them, whose truth was known
  TrainingReport training;                ///< zero where the training diverged
  std::optional<std::string> divergence;  ///< why the model is as it was before
  bool drawn_alone = false;               ///< by the model rank, without the others
  SamplingTimes sampling;
  double train_s = 0.0;
};

/// What a retraining has reached, for Stagnation: no loss where it was undone.
[[nodiscard]] inline double loss_of(const RetrainingReport& report) {
  return report.divergence ? std::numeric_limits<double>::infinity() : report.training.last_loss;
}

/// Result of an evaluation: counts over all ranks, the same on each.
struct EvaluationReport {
  std::int64_t by_surrogate = 0;  ///< queries answered by the surrogate
  std::int64_t by_truth = 0;      ///< queries answered by the truth
  std::int64_t unanswered = 0;    ///< queries without an answer within the tolerance
  std::int64_t truth_calls = 0;   ///< points at which the truth was computed, to decide or to train
  std::int64_t retrainings = 0;
  End end = End::converged;                 ///< gave_up, or interrupted by limits.wall_seconds
  LimitReached limit = LimitReached::none;  ///< what was reached, where queries were left open
  std::int64_t audited = 0;                 ///< answers of the surrogate that were compared with the truth by an audit
  std::int64_t beyond = 0;                  ///< of these, those that are off by more than is allowed
};

/// Seconds that this rank spent in each phase, since the start.
struct PhaseTimes {
  double predict_s = 0.0;  ///< prediction and gate
  double approximate_s = 0.0;
  double wait_s = 0.0;    ///< model rank: between its own prediction and the last share
  double decide_s = 0.0;  ///< truth at queries
  double sample_s = 0.0;
  double gather_s = 0.0;
  double train_s = 0.0;
  double audit_s = 0.0;
};

}  // namespace ailoop
