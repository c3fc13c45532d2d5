// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/index_range.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ailoop {

/// Integer that is a number, not a truth value or a character.
template <class T>
concept IntegerNumber =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// Any number that is written as text.
template <class T>
concept Number = IntegerNumber<T> || std::same_as<T, float> || std::same_as<T, double>;

/// Appends the shortest decimal text that reads back as the same number of the same type; independent of the locale.
/// What is not finite is written as `nan`, `inf` or `-inf`. Allocates only if `out` has to grow.
template <Number T>
void append_number(std::string& out, T value) {
  if constexpr (std::floating_point<T>) {
    if (std::isnan(value)) {
      out += "nan";  // to_chars would show the sign of a NaN, which means nothing and differs between processors
      return;
    }
  }
  std::array<char, 32> digits;  // NOLINT(*-member-init): to_chars writes before anything is read
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), as_size(result.ptr - digits.data()));
}

/// The same for JSON, which has no word for what is not finite: `null`.
template <Number T>
void append_json_number(std::string& out, T value) {
  if constexpr (std::floating_point<T>) {
    if (!std::isfinite(value)) {
      out += "null";
      return;
    }
  }
  append_number(out, value);
}

/// The text of append_number.
template <Number T>
[[nodiscard]] std::string number_text(T value) {
  std::string text;
  append_number(text, value);
  return text;
}

/// `1 rank`, `2 ranks`.
[[nodiscard]] inline std::string counted(std::int64_t count, std::string_view thing) {
  return std::to_string(count).append(" ").append(thing).append(count == 1 ? "" : "s");
}

}  // namespace ailoop
