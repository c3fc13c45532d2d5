// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/next_action.hpp>

#include <algorithm>
#include <array>

namespace ailoop {

namespace {

using ActionKind = Action::Kind;

Action act(ActionKind kind) { return {.kind = kind}; }

Action gave_up(LimitReached limit) { return {.kind = ActionKind::stop, .end = End::gave_up, .limit = limit}; }

/// The end of a run that has what it wanted, unless queries were set aside on the way.
Action finished(const Tally& tally) {
  return tally.set_aside > 0 ? gave_up(LimitReached::stagnation) : act(ActionKind::stop);
}

/// New queries, or the end where no more are wanted or there.
Action ask_more(const Progress& progress, const Tally& tally, const Limits& limits) {
  const std::int64_t wanted = limits.accepted - tally.answers();
  // of queries without end no more are set aside than answers are wanted
  if (wanted <= 0 || (!limits.queries && tally.set_aside >= limits.accepted)) {
    return finished(tally);
  }
  std::int64_t most = limits.batch;
  if (limits.queries) {
    most = std::min(most, *limits.queries - progress.next_query);
  }
  const std::int64_t count = std::min(wanted, most);
  if (count <= 0) {
    const bool is_complete = tally.answers() + tally.set_aside == *limits.queries;
    return is_complete ? finished(tally) : gave_up(LimitReached::queries);
  }
  return tally.checks < limits.checks ? Action{.kind = ActionKind::ask, .queries = count, .is_cut_short = count < most}
                                      : gave_up(LimitReached::checks);
}

/// For queries that the present model does not answer.
Action improve(const Progress& progress, const Tally& tally, const Limits& limits) {
  if (progress.vain) {
    const bool may_answer = limits.on_stagnation != OnStagnation::stop && limits.on_exhausted == OnExhausted::truth;
    const bool may_go_on = limits.on_stagnation == OnStagnation::set_aside;
    return may_answer  ? act(ActionKind::answer)
           : may_go_on ? act(ActionKind::set_aside)
                       : gave_up(LimitReached::stagnation);
  }
  const bool is_exhausted =
      progress.retrainings >= limits.retrainings_per_query || tally.retrainings >= limits.retrainings;
  if (is_exhausted && limits.on_exhausted == OnExhausted::truth) {
    return act(ActionKind::answer);
  }
  // a retraining is only worth its cost if a check may follow
  if (tally.checks >= limits.checks) {
    return gave_up(LimitReached::checks);
  }
  if (progress.retrainings >= limits.retrainings_per_query) {
    return gave_up(LimitReached::retrainings_per_query);
  }
  if (tally.retrainings >= limits.retrainings) {
    return gave_up(LimitReached::retrainings);
  }
  return act(ActionKind::retrain);
}

}  // namespace

std::string_view to_string(End end) {
  switch (end) {
    case End::converged:
      return "converged";
    case End::gave_up:
      return "gave_up";
    case End::interrupted:
      return "interrupted";
  }
  return "";
}

std::string_view to_string(LimitReached limit) {
  static constexpr std::array<std::string_view, 7> names = {
      "",        "limits.retrainings", "limits.retrainings_per_query", "limits.checks", "limits.wall_seconds",
      "queries", "loop.on_stagnation"};
  return names.at(static_cast<std::size_t>(limit));
}

Action next_action(const Progress& progress, const Tally& tally, const Limits& limits, Interruption interruption) {
  if (interruption != Interruption::none) {
    const Action undisturbed = next_action(progress, tally, limits, Interruption::none);
    const bool is_signal = interruption == Interruption::signal;
    return undisturbed.kind == ActionKind::stop
               ? undisturbed
               : Action{.kind = ActionKind::stop,
                        .end = End::interrupted,
                        .limit = is_signal ? LimitReached::none : LimitReached::wall_seconds};
  }
  if (progress.pending == 0) {
    return ask_more(progress, tally, limits);
  }
  if (!progress.judged) {
    return act(ActionKind::check);  // a retraining was only allowed because this check is
  }
  return progress.undecided > 0 ? act(ActionKind::decide) : improve(progress, tally, limits);
}

Tally operator+(const Tally& a, const Tally& b) {
  Tally sum = a;
  for (const auto& [name, count] : counts_of_tally) {
    sum.*count += b.*count;
  }
  return sum;
}

void show(StateArchive& archive, const std::string& name, Tally& tally) {
  for (const auto& [of_count, count] : counts_of_tally) {
    archive.number(name + "." + std::string(of_count), tally.*count);
  }
}

}  // namespace ailoop
