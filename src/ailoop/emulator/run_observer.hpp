// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/emulator/audit.hpp>
#include <ailoop/emulator/histogram.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/emulator/query_table.hpp>
#include <ailoop/emulator/reports.hpp>
#include <ailoop/storage/archive.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// What a retraining did, with the query that caused it.
struct RetrainingRecord {
  std::int64_t query = 0;    ///< the first that is pending
  std::int64_t pending = 0;  ///< queries without an answer
  double started_s = 0.0;    ///< since the start of the run
  double ended_s = 0.0;      ///< likewise
  RetrainingReport report;
  DrawCosts costs;  ///< that decided who draws the samples
};

/// A setting that was another one before the run was resumed, and that answers may depend on.
struct SettingChange {
  std::string setting;  ///< key, e.g. limits.retrainings
  std::string was;
  std::string is;
  std::int64_t query = 0;  ///< first query that it may change
};

/// How a run ended.
struct Outcome {
  End end = End::converged;
  LimitReached limit = LimitReached::none;
  Tally tally;
  Tally before;                            ///< the same when the run was last resumed: times are of what came after
  std::vector<std::int64_t> unanswered;    ///< queries that the run gave up on, or whose truth failed; ascending
  double loop_s = 0.0;                     ///< wall time of the loop
  double ended_s = 0.0;                    ///< end of the loop, since the start of the run
  std::optional<Judgement> worst_pending;  ///< of the pending queries, the one that is off by most, if there are any
  /// Wall time of each check [s], from 0.2 ns to 18 h; in a row of them with what lies between, without flushes.
  Histogram check_s{-32, 48};
  std::int64_t audit = 0;  ///< 1 of so many accepted answers was audited; 0: none
  AuditedErrors audited_errors;
  PhaseTimes longest;  ///< for each phase, the time of the rank that spent most in it
};

/// Whether the loop was worth it: its wall time against that of the truth at every query that got an answer, computed
/// by the same ranks in even parts.
struct Payoff {
  double truth_call_s = 0.0;      ///< wall time of the truth at one point, the mean over samples and queries
  double at_every_query_s = 0.0;  ///< what that makes for every query
  double speed_up = 0.0;          ///< that time over the loop's; below 1 the truth alone would have been faster
};

/// Of the part of the run that the outcome's times are of; none where the truth was not asked or no query answered.
[[nodiscard]] inline std::optional<Payoff> payoff_of(const Outcome& outcome) {
  const auto calls = static_cast<double>(outcome.tally.truth_calls - outcome.before.truth_calls);
  const auto answers = static_cast<double>(outcome.tally.answers() - outcome.before.answers());
  const double truth_s = outcome.longest.sample_s + outcome.longest.decide_s;
  if (!(calls > 0.0 && answers > 0.0 && truth_s > 0.0 && outcome.loop_s > 0.0)) {
    return std::nullopt;
  }
  Payoff payoff;
  payoff.truth_call_s = truth_s / calls;
  payoff.at_every_query_s = answers * payoff.truth_call_s;
  payoff.speed_up = payoff.at_every_query_s / outcome.loop_s;
  return payoff;
}

/// Follows a run on the model rank. Checks come in groups, in their order, before the next retraining or the end.
class RunObserver : public Interface {
 public:
  /// \param[in] table its checks are those that were not told before
  virtual void checked(const QueryTable& /*table*/, const Tally& /*tally*/) {}
  virtual void retraining_started(std::int64_t /*query*/, double /*seconds*/) {}
  virtual void retrained(const RetrainingRecord& /*retraining*/, const Tally& /*tally*/) {}
  /// A checkpoint that every run with these settings makes at this place is about to be written.
  virtual void checkpointed(const Tally& /*tally*/, double /*seconds*/) {}
  virtual void ended(const Outcome& /*outcome*/) {}
  /// The run ends with an error. What fails in here is not reported: the first error counts.
  virtual void failed(const Error& /*error*/, const Tally& /*tally*/) {}

  /// Shows to `archive` what this observer must know to go on from a checkpoint. What it wrote is on the disk then.
  /// \throws InputOutputError if its file is shorter than it was; nothing is changed
  virtual void state(StateArchive& /*archive*/) {}
  /// The run goes on from what the last call of `state` gave: files are cut back to what they were.
  virtual void resumed() {}
  /// The run, which was resumed, goes on with another setting than before.
  virtual void changed(const SettingChange& /*change*/, double /*seconds*/) {}
};

}  // namespace ailoop
