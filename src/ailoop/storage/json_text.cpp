// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/json_text.hpp>

#include <ailoop/core/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>

namespace ailoop {
namespace {

bool is_plain(char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }

/// Appends the text of json_string; where nothing must be escaped it allocates only if `out` has to grow.
void append_json_string(std::string& out, std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += json_string(text);
  }
}

}  // namespace

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string& JsonObject::next_value(std::string_view key) {
  if (m_text.size() > 1) m_text += ", ";
  append_json_string(m_text, key);
  m_text += ": ";
  return m_text;
}

JsonObject& JsonObject::add(std::string_view key, std::string_view text) {
  append_json_string(next_value(key), text);
  return *this;
}

JsonObject& JsonObject::add(std::string_view key, std::span<const double> values) {
  std::string& text = next_value(key);
  text += '[';
  for (const double& value : values) {
    if (&value != values.data()) text += ", ";
    append_json_number(text, value);
  }
  text += ']';
  return *this;
}

std::string json_excerpt(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::size_t end = 0;
  while (end < text.size() && end < longest) end += std::max<std::size_t>(utf8_length(text.substr(end)), 1);
  return json_string(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

}  // namespace ailoop
