// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/scalar.hpp>

#include <ailoop/config/constraint.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ailoop::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// Plain text that no YAML reader, 1.1 or 1.2, takes for anything but text.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 9> words = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  if (text.empty() || !(is_letter(text.front()) || text.front() == '_' || text.front() == '/')) {
    return false;
  }
  constexpr std::string_view punctuation = "_-./";
  return std::ranges::find(words, lower_case(text)) == words.end() &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_letter(c) || is_digit(c) || punctuation.find(c) != std::string_view::npos;
         });
}

bool needs_escape(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
         code == 0xfffe || code == 0xffff;
}

}  // namespace

bool is_typed_in_yaml(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 14> words = {"",     "~",     "null",  "Null",  "NULL", "true", "True",
                                                      "TRUE", "false", "False", "FALSE", ".nan", ".NaN", ".NAN"};
  if (std::ranges::find(words, text) != words.end()) {
    return true;
  }
  take_one_of(text, "+-");
  if (text == ".inf" || text == ".Inf" || text == ".INF") {
    return true;
  }
  if (text.starts_with("0x") || text.starts_with("0o")) {
    return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  }
  bool has_digits = take_digits(text);
  if (take_one_of(text, ".")) {
    has_digits = take_digits(text) || has_digits;
  }
  if (has_digits && take_one_of(text, "eE")) {
    take_one_of(text, "+-");
    has_digits = take_digits(text);
  }
  return has_digits && text.empty();
}

std::string yaml_text(std::string_view text) {
  if (is_plain(text)) {
    return std::string(text);
  }
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
    throw ConfigurationError(
        fmt::format("\"{}\" cannot be written as YAML; text must be UTF-8 without NUL", excerpt(text)));
  }
  std::string out = "\"";
  while (!text.empty()) {
    const std::string_view character = text.substr(0, utf8_length(text));
    const unsigned code = code_point(character);
    if (code == '"' || code == '\\') {
      out.append("\\").append(character);
    } else if (code == '\n') {
      out.append("\\n");
    } else if (needs_escape(code)) {
      out.append(fmt::format("\\u{:04x}", code));
    } else {
      out.append(character);
    }
    text.remove_prefix(character.size());
  }
  return out.append("\"");
}

}  // namespace ailoop::detail

namespace ailoop {

bool is_key_name(std::string_view name) noexcept {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_choice_name(std::string_view name) noexcept {
  return !name.empty() && detail::is_letter(name.front()) && !detail::is_typed_in_yaml(name) &&
         std::ranges::all_of(
             name, [](char c) { return detail::is_letter(c) || detail::is_digit(c) || c == '_' || c == '-'; });
}

}  // namespace ailoop
