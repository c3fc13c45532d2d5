#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/run_folder.hpp>

namespace ailoop {

/// Checks that every input file of a configuration can be read, and that the run's folder can be used. Writes nothing.
/// \throws ConfigurationError with the place, what was found and what is allowed
void check_files(const ConfigurationSource& source, const Registries& registries, FilesThere files_there);

/// Reads a configuration as a run does and checks what can be known without MPI, Kokkos and LibTorch: that problem,
/// surrogate and trainer go together, that every input file can be read and means what it must, and that the run's
/// folder can be used. Writes nothing.
/// \throws ConfigurationError with the place, what was found and what is allowed
void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there);

}  // namespace ailoop
