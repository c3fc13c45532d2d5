#pragma once

#include <ailoop/emulator/gate.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace ailoop {

/// The query that is being asked, and what is known of it.
struct Progress {
  std::int64_t query = 0;          ///< index of the query
  std::int64_t attempts = 0;       ///< checks of this query
  std::int64_t retrainings = 0;    ///< retrainings because of this query
  std::optional<Verdict> verdict;  ///< of the present model; none if the model has changed since, or nothing was asked

  friend bool operator==(const Progress&, const Progress&) = default;
};

/// What a run has done so far.
struct Tally {
  std::int64_t checks = 0;
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t inconclusive = 0;
  std::int64_t retrainings = 0;
  std::int64_t truth_calls = 0;  ///< points at which the truth was computed to decide or to train
  std::int64_t samples = 0;      ///< points that were trained on

  friend bool operator==(const Tally&, const Tally&) = default;
};

/// When a run is over.
struct Limits {
  std::int64_t accepted = 5;        ///< answers wanted
  std::int64_t retrainings = 1000;  ///< in all
  std::int64_t retrainings_per_query = 1000;
  std::int64_t checks = 1'000'000;
};

/// How a run can end, apart from an error.
enum class End { converged, gave_up };

/// The limit that made a run give up.
enum class LimitReached { none, retrainings, retrainings_per_query, checks };

[[nodiscard]] std::string_view to_string(End end);
/// The limit's key in the configuration, e.g. "limits.checks"; empty for none.
[[nodiscard]] std::string_view to_string(LimitReached limit);

/// What the loop does next.
struct Action {
  enum class Kind { check, retrain, stop };

  Kind kind = Kind::stop;
  End end = End::converged;                 ///< of a stop
  LimitReached limit = LimitReached::none;  ///< of a stop that gives up

  friend bool operator==(const Action&, const Action&) = default;
};

/// The whole logic of the loop: a pure function, and every sequence of its actions ends.
[[nodiscard]] Action next_action(const Progress& progress, const Tally& tally, const Limits& limits);

/// The query to ask after `progress`: the next one if this one was accepted, the same one otherwise.
[[nodiscard]] Progress asked(const Progress& progress);

/// `progress` after a check with that verdict.
[[nodiscard]] Progress after_check(const Progress& progress, Verdict verdict);

/// `progress` after a retraining: the model is new, nothing is known of it.
[[nodiscard]] Progress after_retraining(const Progress& progress);

/// `tally` with one more check of that verdict.
[[nodiscard]] Tally with_check(const Tally& tally, Verdict verdict);

/// `tally` with one more retraining on `samples` samples.
[[nodiscard]] Tally with_retraining(const Tally& tally, std::int64_t samples);

}  // namespace ailoop
