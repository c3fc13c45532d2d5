#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/output/run_folder.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// The fact that says what wrote a checkpoint; nothing else can go on from it.
inline constexpr const char* saved_by = "saved by";

/// What a checkpoint says of its run: all that decides on the results, how far it was to go, what computed it, and what
/// wrote it.
/// \param[in] of_result `settings_affecting(settings, Affects::result)`
/// \param[in] writer    the value of `saved_by`
[[nodiscard]] CheckpointFacts checkpoint_facts(const RunSettings& settings, CheckpointFacts of_result, int ranks,
                                               const std::string& writer);

/// Whether a run with the facts `now` may go on from a checkpoint of one with `then`.
/// \throws ConfigurationError that lists what differs
void require_same_run(const CheckpointFacts& then, const CheckpointFacts& now);

/// Settings that may change at a resume and then change what queries are answered: whether failures are skipped, and,
/// where the truth answers what they leave open, the limits of retrainings.
[[nodiscard]] std::vector<SettingChange> changes_of_answers(const CheckpointFacts& then, const CheckpointFacts& now);

/// Where a run with --resume goes on.
struct PlaceToResume {
  std::optional<std::string> directory;       ///< none: in a new folder
  std::optional<std::filesystem::path> done;  ///< the folder of a run that left all that is wanted: nothing to do
};

/// The folder that is named, or else the newest of runs/{config_name}-{n} whose run is not over.
[[nodiscard]] PlaceToResume place_to_resume(const std::optional<std::string>& named, const std::string& config_name,
                                            const std::string& config_sha256, std::int64_t answers_wanted,
                                            AnswersFormat format);

/// The newest checkpoint that is whole; warnings tell of newer ones, and of another platform. Without any, what the
/// folder holds is set aside, for a run from the beginning.
/// \param[in] now facts of the run that is to go on
/// \throws ConfigurationError if the folder holds another run
[[nodiscard]] std::optional<Checkpoint> find_saved(const RunSettings& settings, const RunFolder& folder,
                                                   CheckpointFolder& checkpoints, const CheckpointFacts& now,
                                                   const std::string& config_sha256);

}  // namespace ailoop
