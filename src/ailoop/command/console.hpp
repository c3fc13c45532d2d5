// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/precision.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/problem/tolerance.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ailoop {

/// What of a run is shown while it runs.
struct ConsoleSettings {
  bool quiet = false;  ///< nothing at all
  Tolerance tolerance;
  std::int64_t answers_wanted = 0;
  Precision precision = Precision::float64;  ///< of the surrogate
  bool takes_steps = false;                  ///< the trainer, whose learning rate then matters
};

/// What a check that gave no answer compared.
struct LastCheck {
  std::vector<double> surrogate, approximation;  ///< (outputs)
  std::vector<double> bound;                     ///< (outputs) of |approximation - truth|; empty where none is known

  LastCheck() = default;
  explicit LastCheck(const CheckRecord& record);
  /// Whether the error of the approximation alone would explain the difference.
  [[nodiscard]] bool may_be_right(const Tolerance& tolerance) const;
};

/// Shows a run on standard output as the original workflow did: `training` at each retraining, a line for each accepted
/// query, and a summary at the end.
class Console final : public RunObserver {
 public:
  explicit Console(ConsoleSettings settings)
      : m_settings(std::move(settings)), m_shows_progress(isatty(STDERR_FILENO) != 0 && !m_settings.quiet) {}

  void checked(const QueryTable& table, const Tally& tally) override;
  void retraining_started(std::int64_t query, double seconds) override;
  void retrained(const RetrainingRecord& retraining, const Tally& tally) override;
  void ended(const Outcome& outcome) override;
  void failed(const Error& error, const Tally& tally) override;
  void changed(const SettingChange& change, double seconds) override;

 private:
  void print(const std::string& text);
  void show_progress(const Tally& tally);
  void clear_progress();

  ConsoleSettings m_settings;
  bool m_shows_progress;  // one line on a terminal that is overwritten every second
  bool m_progress_is_shown = false;
  bool m_is_drawn_alone = false;
  bool m_has_said_what_helps = false;
  bool m_has_told_divergence = false;
  std::string m_last_warning;
  TrainingReport m_last_training;
  LastCheck m_last_check;
  std::chrono::steady_clock::time_point m_last_progress = std::chrono::steady_clock::now();  // none in short runs
};

}  // namespace ailoop
