#pragma once

#include <ailoop/core/decimal_text.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// True for plain text that YAML 1.2's core schema takes for null, a boolean or a number, in any of its spellings
/// (`True`, `+1`, `010`, `0x1`, `.5`, `.inf`).
[[nodiscard]] bool is_typed_in_yaml(std::string_view text) noexcept;

/// Value of an integer text; nothing where it does not fit. \pre is_integer_text(text)
[[nodiscard]] std::optional<std::int64_t> to_int64(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> to_uint64(std::string_view text) noexcept;

/// `text` as a YAML scalar that reads back as the same text: plain where no reader could take it for anything else,
/// otherwise in double quotes. \throws ConfigurationError unless it is valid UTF-8 without NUL
[[nodiscard]] std::string yaml_text(std::string_view text);

}  // namespace ailoop::detail
