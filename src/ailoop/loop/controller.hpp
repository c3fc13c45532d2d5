#pragma once

#include <ailoop/emulator/emulator.hpp>
#include <ailoop/loop/approximation_stream.hpp>
#include <ailoop/loop/check_log.hpp>
#include <ailoop/loop/decision.hpp>
#include <ailoop/loop/next_action.hpp>
#include <ailoop/loop/query_batch.hpp>
#include <ailoop/loop/query_source.hpp>
#include <ailoop/loop/run_observer.hpp>
#include <ailoop/loop/saved_state.hpp>
#include <ailoop/storage/archive.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace ailoop {

/// How a run can be stopped and its state be kept; for the model rank.
struct Checkpointing {
  /// Whether somebody wants the run to stop; asked between any two actions.
  std::function<bool()> is_wanted_to_stop = [] { return false; };
  std::int64_t every = 0;  ///< retrainings from one checkpoint to the next; 0: only where the run ends
  std::function<void(const SavedState&)> save = [](const SavedState&) {};
};

/// What a controller works with; all must outlive it.
struct ControllerParts {
  const Communicator& comm;
  const RoleLayout& roles;
  const Problem& problem;
  const QuerySource& queries;
  Emulator& emulator;
  Messenger& messenger;                 ///< with the model rank as its root
  std::int64_t ahead = 0;               ///< most queries whose approximation is computed ahead of need
  std::vector<RunObserver*> observers;  ///< empty on ranks other than the model rank
  Checkpointing checkpointing;
};

/// Runs the loop: does what next_action says until it says stop.
class Controller {
 public:
  /// Least number of checks that are kept before observers are told.
  static constexpr std::int64_t log_capacity = 4096;

  /// \param[in] start the moment from which the times of events count
  Controller(const ControllerParts& parts, const Limits& limits, std::chrono::steady_clock::time_point start);

  /// Collective: goes on from a saved state, where run() would begin.
  /// \param[in] saved   on the model rank: what `Checkpointing::save` kept of a run with the same settings
  /// \param[in] changes on the model rank: what observers are told of, with the query that follows
  /// \throws AgreedError on all ranks if the state does not fit this run
  void resume(const SavedState* saved, std::vector<SettingChange> changes = {});

  /// Collective. Every rank learns how the run ended; all else of the outcome is filled on the model rank.
  /// \throws AgreedError on all ranks if anything failed on one
  Outcome run();

 private:
  /// On the model rank: decides; what fails on this rank alone is made known to all.
  void lead();
  void decide_until_the_end();
  /// On every other rank: does what it is told.
  void follow();
  /// The last check's end where nothing else happened since: reading the clock costs as much as a prediction.
  void start_clock();
  /// Checks new queries.
  void ask(const Action& action);
  /// Checks the pending queries again.
  void check_again();
  /// After the prediction: judges the pending queries, whose approximation is known.
  void judge();
  /// After a check with inconclusive queries: the truth decides on them.
  void decide();
  /// The truth answers all pending queries.
  void answer();
  /// Nobody answers them.
  void set_aside();
  /// Whether no further retraining helps any of the pending queries, which were just checked.
  [[nodiscard]] bool retraining_is_vain();
  void retrain();
  void end(const Action& action);
  [[nodiscard]] Interruption interruption() const;

  /// Everything that the actions to come depend on, of loop, emulator and observers.
  void state(StateArchive& archive);
  void load(const SavedState& saved);
  [[nodiscard]] SafetensorsFile state_now();
  void save_checkpoint();
  /// After a failure that all ranks know of: the state before the action that failed, where the files go with it.
  void save_last_checkpoint() noexcept;
  /// Tells observers of the exception at hand.
  void tell_failure() noexcept;

  /// After a check, when no query is undecided.
  void settle();
  /// What the truth makes of an inconclusive query.
  [[nodiscard]] Settled settled_by_truth(std::int64_t i) const;
  /// Logs every pending query as the batch says that it is settled; those that are are no longer pending.
  void record(bool exhausted);
  /// The worst error of those that stay pending, and those that nobody will answer.
  void note_unanswered(const CheckedQueries& checked);
  /// Makes the truth known at the pending queries that are wanted, where it is not.
  void find_truth(const std::function<bool(std::int64_t)>& is_wanted);
  /// Announces and does what all ranks do together.
  void in_collective(const Decision& decision, const std::function<void()>& work);
  /// Tells all ranks, when those that approximate are free to listen.
  void announce(const Decision& decision);
  void keep_what_was_answered();
  void flush();
  /// Seconds so far in which this rank waited for the approximation, or computed it where it is alone.
  [[nodiscard]] double other_s() const;
  /// Calls `news` for every observer; throws what failed first, once all were told.
  void tell(const std::function<void(RunObserver&)>& news);
  [[nodiscard]] double elapsed_s() const;
  [[nodiscard]] PhaseTimes longest_times() const;

  static constexpr double seconds_between_flushes = 1.0;

  ControllerParts m_parts;
  Limits m_limits;
  std::chrono::steady_clock::time_point m_program_start;
  std::chrono::steady_clock::time_point m_start;  // from which events count: earlier, if the run was resumed
  DecisionChannel m_channel;
  ApproximationStream m_approximations;
  Outcome m_outcome;
  Progress m_progress;
  CheckLog m_log;
  QueryBatch m_batch;                   // the pending queries
  std::vector<std::int64_t> m_skipped;  // queries whose truth failed, or that were set aside
  Stagnation m_stagnation;              // of retrainings for the pending queries
  double m_loss = 0.0;                  // of the last retraining
  std::optional<SafetensorsFile> m_before_cut;
  bool m_is_over = false;         // the last checkpoint was written
  bool m_files_are_whole = true;  // no observer failed to write what it was told
  double m_checked_s = 0.0;       // end of the last check
  double m_settled_from_s = 0.0;  // when settling it began, after a flush
  double m_check_started_s = 0.0;
  bool m_checks_in_a_row = false;  // nothing but settling has happened since the last check
  double m_other_s = 0.0;          // other_s() when the check began
  double m_predict_s = 0.0;        // of all checks, without that
  double m_last_flush_s = 0.0;
  bool m_has_acted = false;
  bool m_in_collective = false;  // the other ranks are not waiting for a decision
};

}  // namespace ailoop
