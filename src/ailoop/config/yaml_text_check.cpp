// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/yaml_text_check.hpp>

#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ailoop::detail {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_utf16(std::string_view text) { return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"); }

/// What is wrong with the character at the start of `rest`; nullptr for one that may stand in a configuration.
const char* fault_of(std::string_view rest, bool in_indentation, bool at_line_start) {
  const auto byte = static_cast<unsigned char>(rest.front());
  const bool is_return = byte == '\r' && rest.size() > 1 && rest[1] == '\n';
  if (byte == 0) {
    return "a NUL byte; the file must be UTF-8 text";
  }
  if (byte == '\t' && in_indentation) {
    return "a tab in the indentation; indent with spaces";
  }
  if ((byte < 0x20 && byte != '\t' && byte != '\n' && !is_return) || byte == 0x7f) {
    return "a control character; the file must be plain text";
  }
  if (byte == '%' && at_line_start) {
    return "a YAML directive; directives are not allowed";
  }
  if (rest.starts_with(byte_order_mark)) {
    return "a byte order mark; the file must be UTF-8 without one";
  }
  if (utf8_length(rest) == 0) {
    return "bytes that are not valid UTF-8; the file must be UTF-8 text";
  }
  return nullptr;
}

}  // namespace

Mark Places::at(std::size_t offset) {
  offset = std::min(offset, m_text.size());
  if (m_mark.line == 0 || offset == m_offset) {
    return m_mark;
  }
  const auto [from, to] = std::minmax(offset, m_offset);
  const std::string_view between = m_text.substr(from, to - from);
  const int direction = offset < m_offset ? -1 : 1;
  const auto characters = [](std::string_view text) { return static_cast<int>(count_characters(text)); };
  if (const auto lines = static_cast<int>(std::ranges::count(between, '\n')); lines > 0) {
    const std::string_view before = m_text.substr(0, offset);
    m_mark.line += direction * lines;
    m_mark.column = 1 + characters(before.substr(before.rfind('\n') + 1));  // npos + 1 is 0
  } else {
    m_mark.column += direction * characters(between);
  }
  m_offset = offset;
  return m_mark;
}

void check_yaml_text(std::string_view text, Places& places, const std::string& path) {
  if (text.size() > YamlLimits::bytes) {
    throw error_at(places.at(0), path,
                   fmt::format("more than {} bytes; a configuration is smaller", YamlLimits::bytes));
  }
  if (is_utf16(text)) {
    throw error_at(places.at(0), path, "UTF-16; the file must be UTF-8 text");
  }
  int brackets = 0;
  bool in_indentation = true;
  bool at_line_start = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (const char* fault = fault_of(rest, in_indentation, at_line_start); fault != nullptr) {
      throw error_at(places.at(at), path, fault);
    }
    const char c = rest.front();
    // The parser holds all that a flow collection opens in memory before it reports the first of them.
    if ((c == '[' || c == '{') && ++brackets > YamlLimits::events) {
      throw error_at(places.at(at), path, fmt::format("more than {} brackets; at most that many", YamlLimits::events));
    }
    at_line_start = c == '\n';
    in_indentation = at_line_start || (in_indentation && c == ' ');
    at += utf8_length(rest);
  }
}

}  // namespace ailoop::detail
