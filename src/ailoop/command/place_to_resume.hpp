// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/output/recording.hpp>
#include <ailoop/output/run_folder.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ailoop {

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
