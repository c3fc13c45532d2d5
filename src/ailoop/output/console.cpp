#include <ailoop/output/console.hpp>

#include <ailoop/storage/number_text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
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
  if (!record.truth.empty()) {
    return fmt::format(" approx = {}, exact = {}\n", text_of(record.surrogate), text_of(record.truth));
  }
  if (!record.bound.empty()) {
    return fmt::format(" approx = {}, approximation = {} within {}\n", text_of(record.surrogate),
                       text_of(record.approximation), text_of(record.bound));
  }
  return fmt::format(" approx = {}, approximation = {}\n", text_of(record.surrogate), text_of(record.approximation));
}

std::string duration(double seconds) {
  if (seconds < 1e-3) {
    return fmt::format("{:.3g} us", seconds * 1e6);
  }
  return seconds < 1.0 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.4g} s", seconds);
}

std::string plural(std::int64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

void Console::checked(const CheckLog& checks, const Tally& tally) {
  std::string text;
  for (std::int64_t i = 0; i < checks.size(); ++i) {
    const CheckRecord record = checks[i];
    if (record.judgement.verdict == Verdict::accepted) {
      text += answer_line(record);
    }
  }
  print(text);
  show_progress(tally);
}

void Console::retraining_started(std::int64_t /*query*/, double /*seconds*/) { print("training\n"); }

void Console::retrained(const RetrainingRecord& /*retraining*/, const Tally& tally) { show_progress(tally); }

void Console::ended(const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  std::string text = outcome.end == End::converged
                         ? fmt::format("converged: {}", plural(tally.accepted, "answer"))
                         : fmt::format("gave up: {} of {} answers", tally.accepted, m_settings.answers_wanted);
  text += fmt::format(", {}, {} on {}\n", plural(tally.checks, "check"), plural(tally.retrainings, "retraining"),
                      plural(tally.samples, "sample"));
  const PhaseTimes& times = outcome.longest;
  text += fmt::format("loop {}: check median {}, 99 % {}; sample {}, gather {}, train {}\n", duration(outcome.loop_s),
                      duration(outcome.check_s.quantile(0.5)), duration(outcome.check_s.quantile(0.99)),
                      duration(times.sample_s), duration(times.gather_s), duration(times.train_s));
  print(text);
  clear_progress();
  if (outcome.limit != LimitReached::none) {
    const std::string reason = outcome.last_error
                                   ? fmt::format(", error {}, tolerance {}", number_text(*outcome.last_error),
                                                 number_text(m_settings.tolerance))
                                   : "";
    spdlog::warn("gave up: {} reached at query {}{}", to_string(outcome.limit), outcome.unanswered.value_or(0), reason);
  }
}

void Console::failed(const Error& /*error*/) { clear_progress(); }

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
  if (!m_settings.progress_line || now - m_last_progress < progress_period) {
    return;
  }
  m_last_progress = now;
  clear_progress();
  fmt::print(stderr, "{} of {} answers, {}, {}", tally.accepted, m_settings.answers_wanted,
             plural(tally.checks, "check"), plural(tally.retrainings, "retraining"));
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
