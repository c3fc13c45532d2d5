#pragma once

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

}  // namespace ailoop
