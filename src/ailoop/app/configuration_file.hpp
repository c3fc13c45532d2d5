#pragma once

#include <ailoop/app/command_line.hpp>
#include <ailoop/app/run_settings.hpp>

namespace ailoop {

/// Reads the configuration file that the command line names. A relative one that is not below the working directory is
/// looked for in PREFIX/share/ailoop of the installed program; then the path in use is told.
/// \throws ConfigurationError if it cannot be read
[[nodiscard]] ConfigurationSource load_configuration(const CommandLine& command_line);

}  // namespace ailoop
