// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string_view>

namespace ailoop::detail {

// The grammar of numbers in every text that ailoop reads, tables aside (storage/csv_number.hpp), is that of JSON (RFC
// 8259, section 6): decimal, no leading zero, no plus sign, digits on both sides of the point; so no 0x, 0o, inf, nan,
// digit separators or spaces.

[[nodiscard]] bool is_integer_text(std::string_view text) noexcept;
[[nodiscard]] bool is_number_text(std::string_view text) noexcept;

/// True for a number that has a comma where a point belongs.
[[nodiscard]] bool is_number_with_comma(std::string_view text);

/// Nearest double; nothing where that is infinite, or zero although the text is not. \pre is_number_text(text), or
/// digits on one side of the point only
[[nodiscard]] std::optional<double> to_double(std::string_view text) noexcept;

/// `text` without the blanks around it.
[[nodiscard]] std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") noexcept;

/// Removes the digits at the start of `text` and tells whether there were any.
bool take_digits(std::string_view& text) noexcept;

/// Removes the first character of `text` if it is one of `any_of`, and tells whether it was.
bool take_one_of(std::string_view& text, std::string_view any_of) noexcept;

}  // namespace ailoop::detail
