// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ailoop {

/// Text of a configuration file, of which no more than YamlLimits::bytes + 1 bytes are read. Never waits, not even for
/// the writer of a FIFO.
/// \throws ConfigurationError if it cannot be read or is not a regular file
[[nodiscard]] std::string read_configuration_file(const std::filesystem::path& file);

/// Reads a configuration file. A relative one that is not below the working directory is looked for in
/// PREFIX/share/ailoop of the installed program; the source names the path in use.
/// \param[in] overrides KEY=VALUE in order
/// \throws ConfigurationError if it cannot be read
[[nodiscard]] ConfigurationSource load_configuration(const std::filesystem::path& config,
                                                     const std::vector<std::string>& overrides);

/// The same for all ranks: rank 0 reads and checks the file. Collective.
/// \throws AgreedError on all ranks if it cannot be read or is wrong, or if a rank brings another one with other
/// settings
[[nodiscard]] ConfigurationSource shared_configuration(const Communicator& comm, const std::filesystem::path& config,
                                                       const std::vector<std::string>& overrides,
                                                       const Registries& registries);

}  // namespace ailoop
