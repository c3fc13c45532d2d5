#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// The folder of one run and the names of what it holds.
class RunFolder {
 public:
  /// Creates the folder.
  /// \param[in] directory   as asked for; none: runs/{config_name}-{n} with the next free n, below the working
  /// directory
  /// \param[in] config_name file name of the configuration without its extension
  /// \param[in] overwrite   whether a folder that holds files may be used; files of an earlier run are then removed
  /// \param[in] inputs      files that the run reads and that therefore must not be overwritten
  /// \throws ConfigurationError if the folder holds files and may not be overwritten, holds an input under the name of
  ///         an output, or cannot be created or written
  static RunFolder create(const std::optional<std::string>& directory, const std::string& config_name, bool overwrite,
                          const std::vector<std::filesystem::path>& inputs = {});

  /// Checks what `create` would refuse, and changes nothing; the parameters and errors are those of `create`.
  static void check(const std::optional<std::string>& directory, bool overwrite,
                    const std::vector<std::filesystem::path>& inputs = {});

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
  [[nodiscard]] std::filesystem::path config() const { return m_path / "config.yaml"; }
  [[nodiscard]] std::filesystem::path events() const { return m_path / "run.jsonl"; }
  [[nodiscard]] std::filesystem::path answers() const { return m_path / "answers.csv"; }
  [[nodiscard]] std::filesystem::path model() const { return m_path / "model.safetensors"; }
  [[nodiscard]] std::filesystem::path summary() const { return m_path / "summary.json"; }

 private:
  explicit RunFolder(std::filesystem::path path) : m_path(std::move(path)) {}
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  void remove_earlier_run() const;

  std::filesystem::path m_path;
};

}  // namespace ailoop
