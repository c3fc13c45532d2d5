// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/decimal_text.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ailoop::detail {

/// True for plain text that YAML 1.2's core schema takes for null, a boolean or a number, in any of its spellings
/// (`True`, `+1`, `010`, `0x1`, `.5`, `.inf`).
[[nodiscard]] bool is_typed_in_yaml(std::string_view text) noexcept;

/// Value of an integer text; nothing where it does not fit. \pre is_integer_text(text)
template <class Integer>
[[nodiscard]] std::optional<Integer> to_integer(std::string_view text) noexcept {
  Integer value{};
  text = text == "-0" ? "0" : text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// `text` as a YAML scalar that reads back as the same text: plain where no reader could take it for anything else,
/// otherwise in double quotes. \throws ConfigurationError unless it is valid UTF-8 without NUL
[[nodiscard]] std::string yaml_text(std::string_view text);

}  // namespace ailoop::detail
