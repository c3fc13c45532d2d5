#pragma once

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/command_line.hpp>
#include <ailoop/app/run_files.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/checkpoint_folder.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// Where a run with --resume goes on.
struct PlaceToResume {
  std::optional<std::string> directory;       ///< none: in a new folder
  std::optional<std::filesystem::path> done;  ///< the folder of a run that has all the answers wanted: nothing to do
};

/// The folder that is named, or else the newest of runs/{config_name}-{n} whose run is not over.
[[nodiscard]] PlaceToResume place_to_resume(const std::optional<std::string>& named, const std::string& config_name,
                                            const std::string& config_sha256, std::int64_t answers_wanted);

/// Everything on the model rank that follows the run: its folder and the observers that write to it.
class RunOutput {
 public:
  /// Takes the folder and opens the files; where the run is to go on, finds what it goes on from.
  /// \param[in] settings  with the folder in `directory`; must outlive this, as must `assembly`
  /// \param[in] of_result `settings_affecting(settings, Affects::result)`
  /// \throws ConfigurationError if the folder cannot be used, or holds another run that is to go on
  RunOutput(const CommandLine& command_line, const std::filesystem::path& config_file, const RunSettings& settings,
            const CheckpointFacts& of_result, const Assembly& assembly, std::int64_t answers_wanted,
            const Recording& recording, const RunStart& start);

  [[nodiscard]] std::vector<RunObserver*> observers() const { return m_files.observers(); }

  [[nodiscard]] std::filesystem::path answer_parts() const { return m_files.folder().answer_parts(); }

  /// What the run goes on from; nullptr for a run from the beginning.
  [[nodiscard]] const SavedState* saved() const noexcept { return m_saved ? &m_saved->state : nullptr; }
  /// What is not as it was when that was saved.
  [[nodiscard]] const std::vector<SettingChange>& changes() const noexcept { return m_changes; }

  /// Once it is certain that the run begins or goes on.
  void begin(const RunSettings& settings);
  void save_checkpoint(const SavedState& state) { m_checkpoints.write(m_facts, state); }
  /// Once the run has converged, and its files stand in the place of what was set aside.
  void finish() { m_files.folder().remove_set_aside(); }

 private:
  /// Finds the newest checkpoint; without one what the folder holds is set aside, for a run from the beginning.
  void find_saved(const RunSettings& settings, const std::string& config_sha256);

  RunFiles m_files;
  CheckpointFolder m_checkpoints;
  CheckpointFacts m_facts;
  std::optional<Checkpoint> m_saved;
  std::vector<SettingChange> m_changes;
};

}  // namespace ailoop
