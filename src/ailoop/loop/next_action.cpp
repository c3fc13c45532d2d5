#include <ailoop/loop/next_action.hpp>

namespace ailoop {

namespace {

Action gave_up(LimitReached limit) { return {Action::Kind::stop, End::gave_up, limit}; }

}  // namespace

std::string_view to_string(End end) { return end == End::converged ? "converged" : "gave_up"; }

std::string_view to_string(LimitReached limit) {
  switch (limit) {
    case LimitReached::none:
      return "";
    case LimitReached::retrainings:
      return "limits.retrainings";
    case LimitReached::retrainings_per_query:
      return "limits.retrainings_per_query";
    case LimitReached::checks:
      return "limits.checks";
  }
  return "";
}

Action next_action(const Progress& progress, const Tally& tally, const Limits& limits) {
  if (tally.accepted >= limits.accepted) {
    return {Action::Kind::stop, End::converged, LimitReached::none};
  }
  // a retraining is only worth its cost if a check may follow
  if (tally.checks >= limits.checks) {
    return gave_up(LimitReached::checks);
  }
  const bool not_answered = progress.verdict.has_value() && *progress.verdict != Verdict::accepted;
  if (!not_answered) {
    return {Action::Kind::check, End::converged, LimitReached::none};
  }
  if (progress.retrainings >= limits.retrainings_per_query) {
    return gave_up(LimitReached::retrainings_per_query);
  }
  if (tally.retrainings >= limits.retrainings) {
    return gave_up(LimitReached::retrainings);
  }
  return {Action::Kind::retrain, End::converged, LimitReached::none};
}

Progress asked(const Progress& progress) {
  if (progress.verdict == Verdict::accepted) {
    return {.query = progress.query + 1};
  }
  return progress;
}

Progress after_check(const Progress& progress, Verdict verdict) {
  Progress next = progress;
  ++next.attempts;
  next.verdict = verdict;
  return next;
}

Progress after_retraining(const Progress& progress) {
  Progress next = progress;
  ++next.retrainings;
  next.verdict.reset();
  return next;
}

Tally with_check(const Tally& tally, Verdict verdict) {
  Tally next = tally;
  ++next.checks;
  next.accepted += verdict == Verdict::accepted ? 1 : 0;
  next.rejected += verdict == Verdict::rejected ? 1 : 0;
  next.inconclusive += verdict == Verdict::inconclusive ? 1 : 0;
  return next;
}

Tally with_retraining(const Tally& tally, std::int64_t samples) {
  Tally next = tally;
  ++next.retrainings;
  next.truth_calls += samples;
  next.samples += samples;
  return next;
}

}  // namespace ailoop
