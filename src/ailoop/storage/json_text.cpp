#include <ailoop/storage/json_text.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace ailoop {
namespace {

/// Appends a character of one byte.
void append_escaped(std::string& out, char c) {
  constexpr std::string_view with_short_form = "\"\\\b\f\n\r\t";
  constexpr std::string_view short_forms = "\"\\bfnrt";
  if (const std::size_t at = with_short_form.find(c); at != std::string_view::npos) {
    out += '\\';
    out += short_forms[at];
  } else if (c >= '\0' && c < ' ') {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(c));
  } else {
    out += c;
  }
}

bool is_plain(char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }

/// Appends the text of json_string. Allocates only if `out` has to grow.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain(text[i])) {
      const auto first = text.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = std::find_if_not(first, text.end(), is_plain);
      out.append(first, last);
      i += as_size(last - first);
      continue;
    }
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length == 1) {
      append_escaped(out, text[i]);
    } else {
      out.append(text, i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
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
