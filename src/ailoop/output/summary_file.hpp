#pragma once

#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/provenance.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace ailoop {

/// What the summary says besides the outcome.
struct SummaryFacts {
  int ranks = 1;
  int threads = 1;         ///< of each rank
  double startup_s = 0.0;  ///< from the start of the program to the start of the loop
  std::string config_sha256;
  std::optional<std::string> initial_model_sha256;
};

/// Writes summary.json when the run ends, whatever its end.
class SummaryFile final : public RunObserver {
 public:
  /// \param[in] save_model writes the final model and returns its SHA-256; called once, before the summary is written
  SummaryFile(std::filesystem::path path, SummaryFacts facts, std::function<std::string()> save_model);

  void checked(const QueryTable& table, const Tally& tally) override;
  void ended(const Outcome& outcome) override;
  void failed(const Error& error, const Tally& tally) override;
  void state(StateArchive& archive) override;

 private:
  /// Hash of the model as it is now; none where it cannot be saved.
  [[nodiscard]] std::optional<std::string> saved_model() const;

  std::filesystem::path m_path;
  SummaryFacts m_facts;
  std::function<std::string()> m_save_model;
  std::int64_t m_errors_known = 0;      // answers by the surrogate whose truth is known
  std::optional<double> m_worst_error;  // of these, over all components
};

}  // namespace ailoop
