#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// A shared object as its file describes it: read, not loaded.
class SharedObject {
 public:
  /// \return nothing unless the file is a whole ELF shared object for processes like this one
  [[nodiscard]] static std::optional<SharedObject> read(const std::filesystem::path& path);

  /// Whether the file ends before what its ELF header promises: the loader would die of it by a signal.
  [[nodiscard]] static bool is_cut_short(const std::filesystem::path& path);

  /// Names of the libraries that it needs (DT_NEEDED).
  [[nodiscard]] const std::vector<std::string>& needed() const noexcept { return m_needed; }
  /// Folders in which the loader looks for them first (DT_RUNPATH or DT_RPATH), absolute.
  [[nodiscard]] const std::vector<std::filesystem::path>& run_path() const noexcept { return m_run_path; }
  /// Whether that text stands anywhere in the file.
  [[nodiscard]] bool contains(std::string_view text) const { return m_bytes.find(text) != std::string::npos; }

 private:
  std::string m_bytes;
  std::vector<std::string> m_needed;
  std::vector<std::filesystem::path> m_run_path;
};

/// Folders in which the loader looks for a library that the object with the code at `address` asks for:
/// LD_LIBRARY_PATH, its run path, the system's. Incomplete where the loader's cache names others.
[[nodiscard]] std::vector<std::filesystem::path> library_folders(const void* address);

}  // namespace ailoop
