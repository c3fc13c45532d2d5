// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// True for a decimal number as programs of this field write it: one of JSON, or with a plus sign, without digits on
/// one side of the point, or with zeros before the exponent's digits; no inf, nan, or leading zero.
[[nodiscard]] bool is_csv_number(std::string_view text) noexcept;

/// The nearest double of a field, blanks around it aside; nothing where it is no number that a double can hold.
[[nodiscard]] std::optional<double> csv_number(std::string_view field) noexcept;

/// What is wrong with a field, and what is allowed. Where a number is meant the message says how to write it: Fortran's
/// D, an exponent without a letter, asterisks, a decimal comma, another delimiter. \pre csv_number(field) is nothing
[[nodiscard]] std::string csv_number_fault(std::string_view field);

}  // namespace ailoop::detail
