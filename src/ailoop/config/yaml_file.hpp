#pragma once

#include <filesystem>
#include <string>

namespace ailoop {

/// Text of a configuration file, of which no more than YamlLimits::bytes + 1 bytes are read. Never waits, not even for
/// the writer of a FIFO.
/// \throws ConfigurationError if it cannot be read or is not a regular file
[[nodiscard]] std::string read_configuration_file(const std::filesystem::path& file);

}  // namespace ailoop
