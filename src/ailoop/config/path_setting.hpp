// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// A path as a configuration writes it: `~` at its start is the home folder, `$NAME` and `${NAME}` are environment
/// variables, `$$` is a dollar. They are put in where the path is used and not where it is read, so that what a run
/// leaves says what was written, and holds for another job or machine as well.
class PathSetting {
 public:
  /// \throws ConfigurationError if a dollar or `~` stands for none of that
  explicit PathSetting(std::string written);

  /// A path without variables.
  [[nodiscard]] static PathSetting plain(const std::filesystem::path& path);

  [[nodiscard]] const std::string& written() const noexcept { return m_written; }
  /// Name of the first variable that is not set, or empty; none where the path can be used.
  [[nodiscard]] std::optional<std::string> missing_variable() const;
  /// The path with all variables put in. \throws ConfigurationError if one of them is missing
  [[nodiscard]] std::filesystem::path expanded() const;

  /// This path, as seen from an absolute folder; itself where it is absolute or, as far as one can tell, will be.
  [[nodiscard]] PathSetting seen_from(const std::filesystem::path& folder) const;

  friend bool operator==(const PathSetting& a, const PathSetting& b) { return a.m_written == b.m_written; }

 private:
  /// Text, or the name of a variable.
  struct Piece {
    std::string text;
    bool is_variable = false;
  };
  void take_variable(std::string_view& rest);
  void add_text(std::string_view text);

  std::string m_written;
  std::vector<Piece> m_pieces;  // no two texts behind each other
};

}  // namespace ailoop
