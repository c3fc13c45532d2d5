// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <filesystem>
#include <string>

namespace ailoop::test {

/// An empty folder that is removed with everything in it at the end of its life.
class TemporaryFolder {
 public:
  /// \throws InputOutputError if no folder can be made
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

 private:
  std::filesystem::path m_path;
};

/// The bytes of a file.
/// \throws InputOutputError if it cannot be read
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file);

/// Makes a file of exactly these bytes.
/// \throws InputOutputError if it cannot be written
void write_bytes(const std::filesystem::path& file, const std::string& bytes);

}  // namespace ailoop::test
