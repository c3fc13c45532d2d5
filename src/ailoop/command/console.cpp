// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/console.hpp>

#include <ailoop/core/binomial_interval.hpp>
#include <ailoop/core/number_text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <span>

namespace ailoop {

namespace {

constexpr std::chrono::seconds progress_period{1};

/// One number as it is, several in brackets.
std::string text_of(std::span<const double> values) {
  if (values.size() == 1) {
    return number_text(values[0]);
  }
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += i > 0 ? ", " : "";
    append_number(text, values[i]);
  }
  return text + "]";
}

std::string answer_line(const CheckRecord& record) {
  if (record.answered_by == AnsweredBy::truth) {
    return fmt::format(" exact = {}, by the truth; approx = {}\n", text_of(record.truth), text_of(record.surrogate));
  }
  std::string line = " approx = " + text_of(record.surrogate);
  if (!record.truth.empty()) {
    line += ", exact = " + text_of(record.truth);
  } else if (!std::isnan(record.approximation[0])) {
    line += ", approximation = " + text_of(record.approximation);
    line += record.bound.empty() ? "" : " within " + text_of(record.bound);
  }
  return line + "\n";
}

std::string duration(double seconds) {
  if (seconds < 1e-6) {
    return fmt::format("{:.3g} ns", seconds * 1e9);
  }
  if (seconds < 1e-3) {
    return fmt::format("{:.3g} us", seconds * 1e6);
  }
  return seconds < 1.0 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.4g} s", seconds);
}

/// What the truth cost, and would have cost without the loop.
std::string payoff_line(const Outcome& outcome) {
  const std::string calls = counted(outcome.tally.truth_calls, "call");
  const auto payoff = payoff_of(outcome);
  if (!payoff) {
    return fmt::format("truth: {}\n", calls);
  }
  const bool paid = payoff->speed_up >= 1.0;
  return fmt::format(
      "truth: {}, {} each in even parts; at every query it would have taken {}: the loop was {:.3g} times {}\n", calls,
      duration(payoff->truth_call_s), duration(payoff->at_every_query_s),
      paid ? payoff->speed_up : 1.0 / payoff->speed_up, paid ? "faster" : "slower");
}

/// How far off accepted answers are.
std::string audit_line(const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  if (outcome.audit == 0) {
    return "";
  }
  if (tally.audited == 0) {
    return fmt::format("audit: none of {} was chosen\n", counted(tally.by_surrogate, "answer"));
  }
  const AuditedErrors& errors = outcome.audited_errors;
  const ProbabilityInterval share = binomial_interval(tally.beyond, tally.audited);
  return fmt::format(
      "audit: of {}, error median {:.2g}, 99 % {:.2g}, largest {:.2g} of {:.2g} allowed, at query {}; {} beyond: "
      "between {:.2g} and {:.2g} % of all (95 %)\n",
      counted(tally.audited, "accepted answer"), errors.sizes.quantile(0.5), errors.sizes.quantile(0.99),
      errors.worst_error, errors.worst_allowed, errors.worst_query, tally.beyond, 100.0 * share.lower,
      100.0 * share.upper);
}

/// What a user can change where retraining cannot help.
std::string what_helps(const LastCheck& check, const TrainingReport& training, const ConsoleSettings& settings) {
  const std::string by_truth = "loop.on_exhausted: truth lets the truth answer";
  const auto& approximation = check.approximation;
  if (!std::ranges::all_of(approximation, [](double a) { return std::isfinite(a); })) {
    return "the approximation there is not finite; " + by_truth;
  }
  if (check.may_be_right(settings.tolerance)) {
    return fmt::format(
        "the approximation itself may be off by {:.2g} there; loop.gate: certified lets the truth decide",
        std::ranges::max(check.bound));
  }
  if (settings.takes_steps) {
    return "neither the loss nor the error falls; try training.learning_rate or surrogate.degree, or " + by_truth;
  }
  if (!training.condition) {
    return "raise surrogate.degree, or " + by_truth;  // the fit is that of the run before
  }
  const double residual = std::sqrt(training.last_loss);
  const double largest = std::abs(std::ranges::max(approximation, {}, [](double a) { return std::abs(a); }));
  constexpr double unit = std::numeric_limits<float>::epsilon();
  if (settings.precision == Precision::float32 && residual < 4 * unit * largest) {
    return fmt::format("float32 resolves {:.1g} of these answers; take surrogate.precision: float64, or {}", unit / 2,
                       by_truth);
  }
  return fmt::format("the best fit is off by {:.2g} (root mean square over its samples); raise surrogate.degree, or {}",
                     residual, by_truth);
}

/// `limits.checks reached at query 7`, with what is left.
std::string reached(const Outcome& outcome) {
  const std::size_t n = outcome.unanswered.size();
  if (outcome.limit == LimitReached::queries) {
    return fmt::format("no queries are left, and {} no answer", n == 1 ? "one has" : fmt::format("{} have", n));
  }
  if (outcome.limit == LimitReached::stagnation) {
    return fmt::format("loop.on_stagnation: retraining cannot help {}",
                       n == 1 ? fmt::format("query {}", outcome.unanswered.front()) : fmt::format("{} queries", n));
  }
  if (outcome.unanswered.empty()) {
    return fmt::format("{} reached", to_string(outcome.limit));
  }
  const std::string others = n > 1 ? fmt::format(" and {} others", n - 1) : "";
  return fmt::format("{} reached at query {}{}", to_string(outcome.limit), outcome.unanswered.front(), others);
}

}  // namespace

LastCheck::LastCheck(const CheckRecord& record)
    : surrogate(record.surrogate.begin(), record.surrogate.end()),
      approximation(record.approximation.begin(), record.approximation.end()),
      bound(record.bound.begin(), record.bound.end()) {}

bool LastCheck::may_be_right(const Tolerance& tolerance) const {
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const double allowed = tolerance.allowed(i, std::abs(approximation[i]) + bound[i]);
    if (!(std::abs(surrogate[i] - approximation[i]) - bound[i] <= allowed)) {
      return false;
    }
  }
  return !bound.empty();
}

void Console::checked(const QueryTable& table, const Tally& tally) {
  std::string text;
  std::optional<CheckRecord> unanswered;  // the last one
  std::optional<CheckRecord> given_up;    // the first one
  table.each_record([&](const CheckRecord& record) {
    if (record.answered_by != AnsweredBy::nobody) {
      text += answer_line(record);
      return;
    }
    unanswered = record;
    if (record.exhausted && !given_up) {
      given_up = record;
    }
  });
  if (unanswered) {
    m_last_check = LastCheck(*unanswered);
  }
  print(text);
  if (given_up && tally.set_aside > 0 && !m_has_said_what_helps) {
    m_has_said_what_helps = true;
    clear_progress();
    spdlog::warn("retraining cannot help query {}, error {}, tolerance {}; it is set aside, as others may be: {}",
                 given_up->query, number_text(given_up->judgement.error), number_text(given_up->judgement.allowed),
                 what_helps(LastCheck(*given_up), m_last_training, m_settings));
  }
  show_progress(tally);
}

void Console::retraining_started(std::int64_t /*query*/, double /*seconds*/) { print("training\n"); }

void Console::retrained(const RetrainingRecord& retraining, const Tally& tally) {
  m_last_training = retraining.report.training;
  if (retraining.report.divergence && !m_has_told_divergence) {
    m_has_told_divergence = true;
    clear_progress();
    spdlog::warn("a training was undone: {}; later ones that are will be counted", *retraining.report.divergence);
  }
  if (retraining.report.drawn_alone != m_is_drawn_alone && std::isfinite(retraining.costs.together_s)) {
    m_is_drawn_alone = retraining.report.drawn_alone;
    clear_progress();
    spdlog::info("samples are drawn by {}: by the model rank alone it takes {}, by all ranks {}",
                 m_is_drawn_alone ? "the model rank" : "all ranks", duration(retraining.costs.alone_s),
                 duration(retraining.costs.together_s));
  }
  const std::string& warning = retraining.report.training.warning;
  if (!warning.empty() && warning != m_last_warning) {  // the next retraining would say it again
    clear_progress();
    spdlog::warn("training: {}", warning);
    m_last_warning = warning;
  }
  show_progress(tally);
}

void Console::ended(const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  std::string text = outcome.end == End::converged
                         ? fmt::format("converged: {}", counted(tally.answers(), "answer"))
                         : fmt::format("{}: {} of {} answers", outcome.end == End::gave_up ? "gave up" : "interrupted",
                                       tally.answers(), m_settings.answers_wanted);
  if (tally.by_truth > 0) {
    text += fmt::format(" ({} by the truth)", tally.by_truth);
  }
  text += fmt::format(", {}, {} on {}\n", counted(tally.checks, "check"), counted(tally.retrainings, "retraining"),
                      counted(tally.samples, "sample"));
  const PhaseTimes& times = outcome.longest;
  text += fmt::format("loop {}: check median {}, 99 % {}; sample {}, gather {}, train {}\n", duration(outcome.loop_s),
                      duration(outcome.check_s.quantile(0.5)), duration(outcome.check_s.quantile(0.99)),
                      duration(times.sample_s), duration(times.gather_s), duration(times.train_s));
  text += payoff_line(outcome);
  text += audit_line(outcome);
  print(text);
  clear_progress();
  if (outcome.end == End::interrupted) {
    spdlog::warn("interrupted{}; --resume goes on from here",
                 outcome.limit == LimitReached::none ? " by a signal" : ": limits.wall_seconds reached");
  } else if (outcome.limit != LimitReached::none) {
    const auto& worst = outcome.worst_pending;
    const std::string reason =
        worst ? fmt::format(", error {}, tolerance {}", number_text(worst->error), number_text(worst->allowed)) : "";
    const bool is_news = outcome.limit == LimitReached::stagnation && !m_has_said_what_helps;
    spdlog::warn("gave up: {}{}{}", reached(outcome), reason,
                 is_news ? "; " + what_helps(m_last_check, m_last_training, m_settings) : "");
  }
  if (tally.diverged > 1) {
    spdlog::warn("{} of {} trainings were undone: {}", tally.diverged, tally.retrainings,
                 m_settings.takes_steps ? "training.learning_rate may be too large"
                                        : "training.ridge may be too large, or the samples too few");
  }
  if (tally.skipped > 0 || tally.failed_samples > 0) {
    spdlog::warn("the truth failed: {} left out, {} left unanswered", counted(tally.failed_samples, "sample"),
                 tally.skipped == 1 ? "1 query" : fmt::format("{} queries", tally.skipped));
  }
}

void Console::failed(const Error& /*error*/, const Tally& /*tally*/) { clear_progress(); }

void Console::changed(const SettingChange& change, double /*seconds*/) {
  spdlog::warn("{} was {}, is {}: answers may depend on it from query {} on", change.setting, change.was, change.is,
               change.query);
}

void Console::print(const std::string& text) {
  if (m_settings.quiet || text.empty()) {
    return;
  }
  clear_progress();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    // whoever read standard output is gone; the files of the run hold everything
    m_settings.quiet = true;
  }
}

void Console::show_progress(const Tally& tally) {
  const auto now = std::chrono::steady_clock::now();
  if (!m_shows_progress || now - m_last_progress < progress_period) {
    return;
  }
  m_last_progress = now;
  clear_progress();
  fmt::print(stderr, "{} of {} answers, {}, {}", tally.answers(), m_settings.answers_wanted,
             counted(tally.checks, "check"), counted(tally.retrainings, "retraining"));
  std::fflush(stderr);
  m_progress_is_shown = true;
}

void Console::clear_progress() {
  if (m_progress_is_shown) {
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    m_progress_is_shown = false;
  }
}

}  // namespace ailoop
