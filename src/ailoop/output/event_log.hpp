// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/provenance.hpp>
#include <ailoop/output/recording.hpp>
#include <ailoop/storage/append_file.hpp>
#include <ailoop/storage/json_text.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ailoop {

/// What the first and the last event of a log say of its run.
struct LoggedRun {
  std::string config_sha256;
  bool has_converged = false;  ///< it is over; a run that goes on takes this back first of all
  std::int64_t answers = 0;    ///< of a run that has converged
};

/// Reads run.jsonl; nothing where there is no such file, or it does not begin as one.
[[nodiscard]] std::optional<LoggedRun> read_logged_run(const std::filesystem::path& events);

/// Writes run.jsonl: one event a line, with seconds since the start of the program.
class EventLog final : public RunObserver {
 public:
  static constexpr int schema = 1;

  /// \param[in] start of the run; none if `state` will tell where the file goes on
  /// \param[in] checks which of them are written; all or not_accepted
  EventLog(const std::filesystem::path& path, const std::optional<RunStart>& start,
           RecordedChecks checks = RecordedChecks::all);

  void checked(const QueryTable& table, const Tally& tally) override;
  void retraining_started(std::int64_t query, double seconds) override;
  void retrained(const RetrainingRecord& retraining, const Tally& tally) override;
  void checkpointed(const Tally& tally, double seconds) override;
  void ended(const Outcome& outcome) override;
  void failed(const Error& error, const Tally& tally) override;
  void changed(const SettingChange& change, double seconds) override;
  void state(StateArchive& archive) override;
  void resumed() override { m_log.cut(m_length); }

 private:
  /// A line with what every event has.
  [[nodiscard]] JsonObject& begin(std::string_view name, double seconds);

  RecordedChecks m_checks;
  double m_last_s = 0.0;
  AppendFile m_log;
  JsonObject m_line;
  std::int64_t m_length = 0;      // at the last checkpoint [bytes]
  std::int64_t m_unfinished = 0;  // of what tells of a retraining that is not done [bytes]
};

}  // namespace ailoop
