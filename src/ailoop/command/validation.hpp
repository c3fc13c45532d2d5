// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/recording.hpp>
#include <ailoop/output/run_folder.hpp>

#include <cstdint>
#include <filesystem>

namespace ailoop {

/// Tells, without refusing anything, which paths cannot be used here: a login node has no SLURM_JOB_ID.
UnusablePaths note_unusable_paths(const RunSettings& settings);

/// Tells which file is in use, if it is not simply the one that was named.
void tell_file_in_use(const std::filesystem::path& config, const ConfigurationSource& source);

/// Checks that every input file can be read, and that the run's folder can be used; paths that cannot be used here are
/// left out. Writes nothing.
/// \param[in] config file of the configuration
/// \throws ConfigurationError with the place, what was found and what is allowed
void check_files(const RunSettings& settings, const std::filesystem::path& config, FilesThere files_there);

/// Refuses a run whose answers certainly do not fit on the disk, and warns where they may not; of one that goes on, a
/// part is there already.
/// \throws ConfigurationError with the place of output.answers
void check_room(const RunSettings& settings, FilesThere files_there, const Recording& recording, const Facts& facts,
                std::int64_t answers);

/// Reads a configuration as a run does and checks what can be known without MPI, Kokkos and LibTorch: that problem,
/// surrogate and trainer go together, that every input file can be read and means what it must, and that the run's
/// folder can be used; paths that cannot be used here are noted and left out. Writes nothing.
/// \throws ConfigurationError with the place, what was found and what is allowed
void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there);

}  // namespace ailoop
