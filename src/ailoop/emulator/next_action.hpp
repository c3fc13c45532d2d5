// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/gate.hpp>
#include <ailoop/storage/archive.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ailoop {

/// The queries that are being asked, and what is known of them. They are asked together, a batch at a time, and the
/// next batch begins when each of them has been answered, skipped or set aside.
struct Progress {
  std::int64_t next_query = 0;   ///< index of the first query that was never asked
  std::int64_t pending = 0;      ///< queries that were asked and have no answer
  std::int64_t accepted = 0;     ///< of these, those that the last check accepted
  std::int64_t undecided = 0;    ///< of these, inconclusive ones whose truth is not known
  std::int64_t attempts = 0;     ///< checks of the pending queries
  std::int64_t retrainings = 0;  ///< retrainings because of the pending queries
  bool judged = false;           ///< the pending queries were checked with the present model
  bool vain = false;             ///< no further retraining is expected to help any of them

  friend bool operator==(const Progress&, const Progress&) = default;
};

/// What a run has done so far.
struct Tally {
  std::int64_t checks = 0;
  std::int64_t accepted = 0;  ///< verdicts of the gate, as the next two
  std::int64_t rejected = 0;
  std::int64_t inconclusive = 0;
  std::int64_t by_surrogate = 0;  ///< queries answered by the surrogate
  std::int64_t by_truth = 0;      ///< queries answered by the truth
  std::int64_t skipped = 0;       ///< queries without an answer because their truth failed
  std::int64_t set_aside = 0;     ///< queries without an answer because retraining could not help them
  std::int64_t retrainings = 0;
  std::int64_t diverged = 0;        ///< of these, trainings that diverged and were undone
  std::int64_t truth_calls = 0;     ///< points at which the truth was computed, to decide or to train
  std::int64_t samples = 0;         ///< points that were trained on
  std::int64_t failed_samples = 0;  ///< samples that were left out because their truth failed
  std::int64_t audited = 0;         ///< answers of the surrogate that were compared with the truth by an audit
  std::int64_t beyond = 0;          ///< of these, those that are off by more than is allowed

  [[nodiscard]] std::int64_t answers() const noexcept { return by_surrogate + by_truth; }

  friend bool operator==(const Tally&, const Tally&) = default;
};

/// The counts with their names, in the order in which files show them.
inline constexpr std::array<std::pair<std::string_view, std::int64_t Tally::*>, 15> counts_of_tally = {{
    {"checks", &Tally::checks},
    {"accepted", &Tally::accepted},
    {"rejected", &Tally::rejected},
    {"inconclusive", &Tally::inconclusive},
    {"by_surrogate", &Tally::by_surrogate},
    {"by_truth", &Tally::by_truth},
    {"skipped", &Tally::skipped},
    {"set_aside", &Tally::set_aside},
    {"retrainings", &Tally::retrainings},
    {"diverged", &Tally::diverged},
    {"truth_calls", &Tally::truth_calls},
    {"samples", &Tally::samples},
    {"failed_samples", &Tally::failed_samples},
    {"audited", &Tally::audited},
    {"beyond", &Tally::beyond},
}};

/// Both together.
[[nodiscard]] Tally operator+(const Tally& a, const Tally& b);

/// Shows every count, under names that begin with `name`.
void show(StateArchive& archive, const std::string& name, Tally& tally);

/// What happens with a query whose retrainings are used up.
enum class OnExhausted {
  stop,   ///< the run gives up
  truth,  ///< the truth answers it
};

/// What happens with queries that retraining cannot help; an approximation that is not finite is never retrained for.
enum class OnStagnation {
  go_on,      ///< the model is retrained until retrainings are used up
  set_aside,  ///< as if its retrainings were used up, and where the run would then give up, it goes on with others
  stop,       ///< the run gives up
};

/// When a run is over.
struct Limits {
  std::int64_t accepted = 5;            ///< answers wanted
  std::int64_t batch = 1;               ///< most queries of a check
  std::optional<std::int64_t> queries;  ///< queries that there are; none: without end
  std::int64_t retrainings = 1000;      ///< in all
  std::int64_t retrainings_per_query = 1000;
  OnExhausted on_exhausted = OnExhausted::stop;      ///< when retrainings are used up
  OnStagnation on_stagnation = OnStagnation::go_on;  ///< when they cannot help
  std::int64_t checks = 1'000'000;
  double wall_seconds = 0.0;  ///< since the start of the program; 0: none
};

/// How a run can end, apart from an error.
enum class End { converged, gave_up, interrupted };

/// The limit that ended a run before it converged.
enum class LimitReached {
  none,
  retrainings,
  retrainings_per_query,
  checks,
  wall_seconds,
  queries,     ///< there are no more queries, and some have no answer
  stagnation,  ///< retraining cannot help queries that have no answer
};

[[nodiscard]] std::string_view to_string(End end);
/// What a user would look for: the limit's key in the configuration, e.g. "limits.checks"; empty for none.
[[nodiscard]] std::string_view to_string(LimitReached limit);

/// What the loop does next.
struct Action {
  enum class Kind {
    ask,        ///< check `queries` new queries
    check,      ///< check the pending queries again
    decide,     ///< compute the truth at the undecided queries, which then are answered or rejected
    retrain,    ///< draw samples and train
    answer,     ///< compute the truth at the pending queries, which answers them
    set_aside,  ///< leave the pending queries without an answer
    stop,
  };

  Kind kind = Kind::stop;
  std::int64_t queries = 0;                 ///< of ask
  bool is_cut_short = false;                ///< of ask: with more answers wanted it would ask more queries
  End end = End::converged;                 ///< of stop
  LimitReached limit = LimitReached::none;  ///< of a stop that gives up or is interrupted

  friend bool operator==(const Action&, const Action&) = default;
};

/// Whether a run shall stop although it could go on.
enum class Interruption {
  none,
  signal,        ///< somebody wants it to
  wall_seconds,  ///< its time is up
};

/// The whole logic of the loop: a pure function, and every sequence of its actions ends. An interrupted run can go on
/// from where it stopped, with the same actions as if it had not been interrupted.
[[nodiscard]] Action next_action(const Progress& progress, const Tally& tally, const Limits& limits,
                                 Interruption interruption = Interruption::none);

/// What one action did to the pending queries.
struct CheckCounts {
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t inconclusive = 0;
  std::int64_t undecided = 0;  ///< of the inconclusive ones, those whose truth is not known yet
};

// What follows is inline: each check calls it, and a copy of a struct that was just written in parts stalls a
// processor.

/// `progress` after `count` new queries were taken.
[[nodiscard]] inline Progress after_asking(const Progress& progress, std::int64_t count) {
  return {.next_query = progress.next_query + count, .pending = count};
}

/// `progress` after a check with those verdicts.
[[nodiscard]] inline Progress after_check(Progress progress, const CheckCounts& counts) {
  progress.accepted = counts.accepted;
  progress.undecided = counts.undecided;
  ++progress.attempts;
  progress.judged = true;
  return progress;
}

/// `progress` after `count` of the pending queries were answered or skipped, and no query is undecided.
[[nodiscard]] inline Progress after_settling(Progress progress, std::int64_t count) {
  progress.pending -= count;
  progress.accepted = 0;
  progress.undecided = 0;
  return progress;
}

/// `progress` after a retraining: the model is new, nothing is known of it.
[[nodiscard]] inline Progress after_retraining(Progress progress) {
  ++progress.retrainings;
  progress.judged = false;
  progress.vain = false;
  return progress;
}

/// Adds a check of those verdicts.
inline void add_check(Tally& tally, const CheckCounts& counts) {
  ++tally.checks;
  tally.accepted += counts.accepted;
  tally.rejected += counts.rejected;
  tally.inconclusive += counts.inconclusive;
}

}  // namespace ailoop
