#include <ailoop/storage/json_text.hpp>

#include <ailoop/core/utf8.hpp>

#include <algorithm>
#include <cstddef>

namespace ailoop {
namespace {

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  if (code >= 0x20) {
    out += c;
    return;
  }
  out += "\\u00";
  out += digits[code >> 4];
  out += digits[code & 0xfU];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
      continue;
    }
    if (length == 1) {
      append_escaped(out, text[i]);
    } else {
      out.append(text, i, length);
    }
    i += length;
  }
  out += '"';
}

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
