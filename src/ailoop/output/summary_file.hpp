// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/provenance.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace ailoop {

/// Writes summary.json when the run ends, whatever its end.
class SummaryFile final : public RunObserver {
 public:
  /// \param[in] save_model writes the final model and returns its SHA-256; called once, before the summary is written
  SummaryFile(std::filesystem::path path, RunStart start, std::function<std::string()> save_model);

  void checked(const QueryTable& table, const Tally& tally) override;
  void ended(const Outcome& outcome) override;
  void failed(const Error& error, const Tally& tally) override;
  void state(StateArchive& archive) override;

 private:
  /// \param[in] outcome of a run that ended; nullptr for one that failed, with `error`
  void write(const Tally& tally, const Outcome* outcome, const Error* error) const;

  std::filesystem::path m_path;
  RunStart m_start;
  std::function<std::string()> m_save_model;
  std::int64_t m_errors_known = 0;      // answers by the surrogate whose truth is known
  std::optional<double> m_worst_error;  // of these, over all components
};

}  // namespace ailoop
