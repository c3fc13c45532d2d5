// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/utf8.hpp>

#include <ailoop/core/index_range.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ailoop {
namespace {

constexpr std::size_t longest_excerpt = 60;

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

bool is_continuation(unsigned byte) { return (byte & 0xc0U) == 0x80U; }

struct Range {
  unsigned first;
  unsigned last;
};
/// Controls of Latin-1, spaces of other widths, and what joins, breaks or turns text. Source: Unicode's general
/// categories Zs, Zl, Zp and Cf.
constexpr std::array<Range, 11> hidden_ranges = {{{0x80, 0xa0},
                                                  {0xad, 0xad},
                                                  {0x61c, 0x61c},
                                                  {0x1680, 0x1680},
                                                  {0x180e, 0x180e},
                                                  {0x2000, 0x200f},
                                                  {0x2028, 0x202f},
                                                  {0x205f, 0x206f},
                                                  {0x3000, 0x3000},
                                                  {0xfeff, 0xfeff},
                                                  {0xfff9, 0xfffb}}};

bool is_hidden(unsigned code) {
  return std::ranges::any_of(hidden_ranges,
                             [code](const Range& range) { return code >= range.first && code <= range.last; });
}

/// `U+00A0`.
std::string name_of(unsigned code) { return fmt::format("U+{:04X}", code & 0xffffU); }

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2 || first > 0xf4) {
    return 0;
  }
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) {
    return 0;
  }
  // The second byte alone decides about overlong forms, surrogates and the upper end (RFC 3629, section 4).
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte_at(text, 1) < lowest || byte_at(text, 1) > highest) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(byte_at(text, i))) {
      return 0;
    }
  }
  return length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::size_t count_characters(std::string_view text) noexcept {
  return as_size(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

unsigned code_point(std::string_view text) noexcept {
  const unsigned first = byte_at(text, 0);
  if (text.size() == 1) {
    return first;
  }
  unsigned code = first & (0x7fU >> text.size());
  for (std::size_t i = 1; i < text.size(); ++i) {
    code = (code << 6U) | (byte_at(text, i) & 0x3fU);
  }
  return code;
}

std::string hidden_character(std::string_view text) {
  while (!text.empty()) {
    const std::string_view character = text.substr(0, utf8_length(text));
    if (is_hidden(code_point(character))) {
      return name_of(code_point(character));
    }
    text.remove_prefix(character.size());
  }
  return "";
}

std::string excerpt(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= longest_excerpt) {
      return out + "...";
    }
    const std::size_t length = utf8_length(text);
    const unsigned byte = byte_at(text, 0);
    const std::string_view piece = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (const unsigned code = code_point(piece); is_hidden(code)) {
      out += fmt::format("<{}>", name_of(code));
    } else {
      out += piece;
    }
    text.remove_prefix(piece.size());
  }
  return out;
}

}  // namespace ailoop
