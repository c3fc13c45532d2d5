// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/path_setting.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ailoop {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Length of the name of a variable at the start of `text`; 0 where there is none.
std::size_t name_length(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) {
    return 0;
  }
  const auto* const end =
      std::find_if_not(text.begin(), text.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  return as_size(end - text.begin());
}

/// Value of a variable; empty where it is not set.
std::string_view value_of(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

PathSetting::PathSetting(std::string written) : m_written(std::move(written)) {
  std::string_view rest = m_written;
  if (rest.starts_with('~')) {
    if (rest.size() > 1 && rest[1] != '/') {
      throw ConfigurationError(excerpt(m_written) +
                               " begins with ~ and a name; ~ alone is your home folder, ./~ a name that begins so");
    }
    m_pieces.push_back({"HOME", true});
    rest.remove_prefix(1);
  }
  while (!rest.empty()) {
    const std::size_t dollar = std::min(rest.find('$'), rest.size());
    add_text(rest.substr(0, dollar));
    rest.remove_prefix(dollar);
    if (rest.starts_with("$$")) {
      add_text("$");
      rest.remove_prefix(2);
    } else if (!rest.empty()) {
      take_variable(rest);
    }
  }
}

void PathSetting::take_variable(std::string_view& rest) {
  const bool is_braced = rest.starts_with("${");
  const std::size_t start = is_braced ? 2 : 1;
  const std::size_t length = name_length(rest.substr(start));
  if (length == 0 || (is_braced && !rest.substr(start + length).starts_with('}'))) {
    throw ConfigurationError(excerpt(m_written) +
                             " has a $ without a name; $NAME, ${NAME}, or $$ for a dollar is allowed");
  }
  m_pieces.push_back({std::string(rest.substr(start, length)), true});
  rest.remove_prefix(start + length + (is_braced ? 1 : 0));
}

void PathSetting::add_text(std::string_view text) {
  if (text.empty()) {
    return;
  }
  if (m_pieces.empty() || m_pieces.back().is_variable) {
    m_pieces.emplace_back();
  }
  m_pieces.back().text += text;
}

PathSetting PathSetting::plain(const std::filesystem::path& path) {
  std::string written;
  for (const char c : path.string()) {
    written += c == '$' ? "$$" : std::string(1, c);
  }
  return PathSetting(written.starts_with('~') ? "./" + written : written);
}

std::optional<std::string> PathSetting::missing_variable() const {
  const auto missing = std::ranges::find_if(
      m_pieces, [](const Piece& piece) { return piece.is_variable && value_of(piece.text).empty(); });
  return missing == m_pieces.end() ? std::nullopt : std::optional(missing->text);
}

std::filesystem::path PathSetting::expanded() const {
  if (const auto missing = missing_variable()) {
    throw ConfigurationError(excerpt(m_written) + " needs the environment variable " + *missing + ", which is not set");
  }
  std::string path;
  for (const Piece& piece : m_pieces) {
    path += piece.is_variable ? value_of(piece.text) : piece.text;
  }
  return path;
}

PathSetting PathSetting::seen_from(const std::filesystem::path& folder) const {
  if (!std::ranges::any_of(m_pieces, &Piece::is_variable)) {
    return plain((folder / expanded()).lexically_normal());
  }
  const Piece& first = m_pieces.front();
  const std::string_view start = first.is_variable ? value_of(first.text) : first.text;
  if (start.starts_with('/') || (first.is_variable && start.empty())) {
    return *this;
  }
  return PathSetting(plain(folder.lexically_normal()).written() + "/" + m_written);
}

}  // namespace ailoop
