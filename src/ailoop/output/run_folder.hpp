// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/file_descriptor.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// What becomes of files that are in the folder that a run is to use.
enum class FilesThere {
  refused,
  overwritten,  ///< those of an earlier run are set aside
  kept,         ///< they are those of the run that is to go on
};

/// The folder of one run and the names of what it holds. It is kept for this process, so that no two runs write to it.
class RunFolder {
 public:
  static constexpr const char* events_name = "run.jsonl";
  static constexpr const char* answers_name = "answers.csv";
  static constexpr const char* answer_parts_name = "answers";
  static constexpr const char* checkpoints_name = "checkpoint";

  /// Creates the folder, or takes the one that is there.
  /// \param[in] directory   as asked for; none: runs/{config_name}-{n} with the next free n, below the working
  /// directory
  /// \param[in] config_name file name of the configuration without its extension
  /// \param[in] inputs      files that the run reads and that therefore must not be overwritten
  /// \throws ConfigurationError if the folder holds files that are refused, holds an input under the name of an output,
  ///         cannot be created or written, or is in use by another run, even after some seconds
  static RunFolder create(const std::optional<std::string>& directory, const std::string& config_name,
                          FilesThere files_there, const std::vector<std::filesystem::path>& inputs = {});

  /// Checks what `create` would refuse, apart from other runs, and changes nothing; the parameters and errors are those
  /// of `create`.
  static void check(const std::optional<std::string>& directory, FilesThere files_there,
                    const std::vector<std::filesystem::path>& inputs = {});

  /// The folders runs/{config_name}-{n} that there are, the one with the highest n first.
  [[nodiscard]] static std::vector<std::filesystem::path> runs_of(const std::string& config_name);

  /// Whether a run left something in it; files without content are nothing.
  [[nodiscard]] bool holds_results() const;

  /// Moves what an earlier run left into a folder earlier-{n} below this one, for a run that starts from the beginning.
  void set_aside() const;

  /// Removes what was set aside, once something as good stands in its place.
  void remove_set_aside() const;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
  [[nodiscard]] std::filesystem::path config() const { return m_path / "config.yaml"; }
  [[nodiscard]] std::filesystem::path events() const { return m_path / events_name; }
  [[nodiscard]] std::filesystem::path answers() const { return m_path / answers_name; }
  /// The folder of answers in parts.
  [[nodiscard]] std::filesystem::path answer_parts() const { return m_path / answer_parts_name; }
  [[nodiscard]] std::filesystem::path model() const { return m_path / "model.safetensors"; }
  [[nodiscard]] std::filesystem::path summary() const { return m_path / "summary.json"; }
  [[nodiscard]] std::filesystem::path checkpoints() const { return m_path / checkpoints_name; }

 private:
  explicit RunFolder(std::filesystem::path path) : m_path(std::move(path)) {}
  [[nodiscard]] std::vector<std::filesystem::path> results() const;
  /// The folders that `set_aside` made.
  [[nodiscard]] std::vector<std::filesystem::path> folders_set_aside() const;

  std::filesystem::path m_path;
  detail::FileDescriptor m_lock;
};

}  // namespace ailoop
