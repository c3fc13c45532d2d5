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

PlaceOf places_in(std::string_view text, const std::string& source) {
  return [text, source](std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto lines = std::count(before.begin(), before.end(), '\n');
    return Mark{source, static_cast<int>(lines) + 1, static_cast<int>(count_characters(before.substr(line_start))) + 1,
                0};
  };
}

void check_yaml_text(std::string_view text, const PlaceOf& place_of, const std::string& path) {
  if (text.size() > YamlLimits::bytes) {
    throw error_at(place_of(0), path, fmt::format("more than {} bytes; a configuration is smaller", YamlLimits::bytes));
  }
  if (is_utf16(text)) {
    throw error_at(place_of(0), path, "UTF-16; the file must be UTF-8 text");
  }
  int brackets = 0;
  bool in_indentation = true;
  bool at_line_start = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (const char* fault = fault_of(rest, in_indentation, at_line_start); fault != nullptr) {
      throw error_at(place_of(at), path, fault);
    }
    const char c = rest.front();
    // The parser holds all that a flow collection opens in memory before it reports the first of them.
    if ((c == '[' || c == '{') && ++brackets > YamlLimits::events) {
      throw error_at(place_of(at), path, fmt::format("more than {} brackets; at most that many", YamlLimits::events));
    }
    at_line_start = c == '\n';
    in_indentation = at_line_start || (in_indentation && c == ' ');
    at += utf8_length(rest);
  }
}

}  // namespace ailoop::detail
