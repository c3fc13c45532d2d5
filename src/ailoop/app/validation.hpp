#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/run_folder.hpp>

namespace ailoop {

/// Reads a configuration as a run does and checks what can be known without MPI, Kokkos and LibTorch: that every input
/// file can be read, that the initial model is one of this problem and surrogate, and that the run's folder can be
/// used. Writes nothing.
/// \throws ConfigurationError with the place, what was found and what is allowed
void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there);

}  // namespace ailoop
