// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace ailoop {

/// The whole content of a regular file, byte for byte. Never waits, not even for the writer of a FIFO.
/// \param path       file to read; symbolic links are followed
/// \param size_limit [bytes] largest size that is read; a larger file is refused before it is read
/// \throws InputOutputError if the file is missing, not a regular file, unreadable or too large
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::uint64_t size_limit);

}  // namespace ailoop
