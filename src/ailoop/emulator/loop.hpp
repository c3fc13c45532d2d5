// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/answer_store.hpp>
#include <ailoop/emulator/audit.hpp>
#include <ailoop/emulator/checker.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/layout.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/emulator/query_source.hpp>
#include <ailoop/emulator/query_table.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/emulator/stagnation.hpp>
#include <ailoop/storage/archive.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

/// What a loop works with; all must outlive it.
struct LoopParts {
  Emulator& emulator;
  Layout& layout;
  const QuerySource& queries;
  std::vector<RunObserver*> observers;  ///< on the model rank
  KeptChecks kept = KeptChecks::none;   ///< which checks observers want to see; the same on all ranks
  AnswerStore* store = nullptr;         ///< that keeps all answers; on all ranks or none
  std::function<Interruption()> interruption = [] { return Interruption::none; };  ///< on the model rank
  /// Whether retraining that stagnated is not tried again before twice as many truths are known.
  bool remembers_stagnation = false;
};

/// The one loop: does what next_action says, to the queries of this rank. Each action ends with an agreement of all
/// ranks that ask, so that all of them take the same actions.
class Loop {
 public:
  using Clock = std::chrono::steady_clock;

  /// Least number of rows that are kept before observers are told.
  static constexpr std::int64_t log_capacity = 4096;
  /// Most new queries that a thread checks before what all threads found is brought together.
  static constexpr std::int64_t round_of_thread = 32 * cached_queries;

  /// \param[in] start the moment from which the times of events count
  Loop(LoopParts parts, const Limits& limits, Clock::time_point start);

  /// Begins anew with other queries; memory, and what was counted before, stay.
  /// \param[in] failure of this rank before; told with the first action
  void start_over(const Limits& limits, const AnswerColumns& answers, const std::optional<LocalFailure>& failure);

  /// Agrees on whether to stop before the first action, and on what failed before it. Collective among the ranks that
  /// ask.
  void begin() { agree(); }
  /// The next action, which may be to stop.
  [[nodiscard]] Action next() const;
  /// Any action but stop. \throws AgreedError on all ranks if anything failed on one
  void act(const Action& action);

  /// The pending queries are left as they are: what is not decided is not accepted.
  void leave_pending();
  /// The answers to all queries asked are there, where they go to a device.
  void bring_answers() { m_checker.bring_answers(); }
  /// What was counted since the first start.
  [[nodiscard]] Tally total() const { return m_earlier + m_outcome.tally; }

  /// Tells observers of the checks that they have not seen. Collective among the ranks that ask.
  void flush();
  /// The run is over: what is not written of the answers is; pending queries have none. After `collect`. Collective
  /// among the ranks that ask.
  void end_answers();
  /// Brings what `saved` and `sum_up` show of other ranks to the model rank. Collective among the ranks that ask.
  void collect();
  /// What failed on this rank since the last agreement becomes the failure of all. Collective among the ranks that ask.
  void agree_on_failure();
  /// Calls `news` for every observer; throws what failed first, once all were told.
  void tell(const std::function<void(RunObserver&)>& news);

  /// Everything that the actions to come depend on, of loop, emulator and observers. On the model rank after `collect`.
  [[nodiscard]] SafetensorsFile saved();
  /// Goes on from what `saved` gave, and tells observers. Collective among the ranks that ask.
  /// \throws ConfigurationError if it is not the state of such a loop
  void go_on_from(const SafetensorsFile* of_model_rank);
  /// How many answers were wanted by the loop whose state that is.
  [[nodiscard]] static std::int64_t answers_wanted(const SafetensorsFile& saved);

  /// Completes the outcome of a loop that is over. On the model rank after `collect`.
  /// \param[in] with_pending pending queries are unanswered
  void sum_up(bool with_pending);
  /// How things stand.
  [[nodiscard]] Outcome& outcome() noexcept { return m_outcome; }
  [[nodiscard]] const Progress& progress() const noexcept { return m_progress; }
  [[nodiscard]] Limits& limits() noexcept { return m_limits; }
  [[nodiscard]] const Limits& limits() const noexcept { return m_limits; }
  /// On the model rank: first query that is not settled. Collective among the ranks that ask.
  [[nodiscard]] std::int64_t first_open_query() const;
  /// Queries that all ranks brought so far.
  [[nodiscard]] std::int64_t asked() const noexcept { return m_asked_earlier + m_progress.next_query; }
  /// No observer failed to write what it was told.
  [[nodiscard]] bool files_are_whole() const noexcept { return m_files_are_whole; }
  [[nodiscard]] double elapsed_s() const;
  /// Of this rank.
  [[nodiscard]] PhaseTimes times() const;

 private:
  void ask(const Action& action);
  void check_again();
  void decide();
  void answer();
  void set_aside();
  void retrain();

  [[nodiscard]] CheckerParts checker_parts() const;
  /// On several threads where that is worth it.
  void check_new(IndexRange queries);
  /// Remembers what fails on this rank until all agree on it.
  template <class Work>
  void attempt(std::string_view phase, const Work& work) {
    m_checker.attempt(phase, work);
  }
  void agree();
  void agree(LoopCounts& counts);
  /// After a check: agrees on what it gave, and audits what it accepted.
  void agree_on_check();
  void audit();
  void end_check();
  /// Ends a check of the pending queries, all of which are decided.
  void record(bool exhausted);
  /// At pending queries, as far as it is not known.
  void find_truth(bool of_all);
  [[nodiscard]] std::vector<std::int64_t> unanswered(bool with_pending) const;
  [[nodiscard]] std::optional<Judgement> worst_pending() const;
  [[nodiscard]] AuditedErrors audited_errors() const;
  void state(StateArchive& archive);
  /// After `state` filled it: what follows from it, and what is this rank's.
  void restore();
  void leave_unanswered(IndexRange rows);
  void put_settled(std::int64_t row);
  [[nodiscard]] bool is_vain();
  [[nodiscard]] bool retraining_is_vain();
  [[nodiscard]] bool is_time_to_flush();
  /// On the model rank, of checks of all ranks: a table that holds them in the order of queries.
  [[nodiscard]] std::optional<QueryTable> gathered_checks();
  [[nodiscard]] QueryTable& pending_of_all() { return m_collected ? *m_collected : m_table; }
  [[nodiscard]] const QueryTable& pending_of_all() const { return m_collected ? *m_collected : m_table; }

  static constexpr double seconds_between_flushes = 1.0;

  LoopParts m_parts;
  const Facts& m_facts;
  const Gate& m_gate;
  Limits m_limits;
  std::int64_t m_device_from;  // new queries that are checked on the device
  Clock::time_point m_start;   // from which events count: earlier, if the run was resumed
  Checker m_checker;
  std::vector<Checker> m_others;  // of the other threads; between actions they hold nothing
  QueryTable& m_table = m_checker.table();
  LoopCounts& m_counts = m_checker.counts();  // of the action at hand
  std::optional<QueryTable> m_collected;      // model rank, where others ask, too: the pending queries of all
  std::vector<std::int64_t> m_all_skipped;
  std::vector<double> m_all_answers;  // packed answers of all ranks that are not written, after `collect`
  std::int64_t m_answers_written = 0;
  Progress m_progress;
  Outcome m_outcome;
  Tally m_earlier;                           // what was counted before the last start
  std::int64_t m_asked_earlier = 0;          // likewise
  std::int64_t m_truths_at_stagnation = -1;  // truths computed when retraining was last found to be vain; -1: never
  Interruption m_interruption = Interruption::none;
  std::vector<std::int64_t> m_skipped;  // queries of this rank whose truth failed, or that were set aside
  std::vector<double> m_all_audited;    // packed errors of all ranks, after `collect`
  Stagnation m_stagnation;              // of retrainings for the pending queries
  double m_loss = 0.0;                  // of the last retraining
  bool m_files_are_whole = true;
  double m_checked_s = 0.0;  // end of the last check
  double m_began_s = -1.0;   // of the next check, where nothing else happened since the last one; else negative
  double m_checks_s = 0.0;   // all checks together
  double m_last_flush_s = 0.0;
};

}  // namespace ailoop
