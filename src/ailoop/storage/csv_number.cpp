// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/csv_number.hpp>

#include <ailoop/core/decimal_text.hpp>
#include <ailoop/core/utf8.hpp>

#include <algorithm>

namespace ailoop::detail {
namespace {

/// Whether `text` is a number once the character at `at` is replaced.
bool is_number_with(std::string_view text, std::size_t at, char character) {
  std::string changed(text);
  if (at < changed.size()) changed[at] = character;
  return at < text.size() && is_csv_number(changed);
}

/// `1.5-109`: Fortran leaves the letter out where the exponent takes three digits.
bool has_exponent_without_letter(std::string_view text) {
  const std::size_t sign = text.find_last_of("+-");
  if (sign == std::string_view::npos || sign == 0) return false;
  return is_csv_number(std::string(text.substr(0, sign)) + "e" + std::string(text.substr(sign)));
}

}  // namespace

bool is_csv_number(std::string_view text) noexcept {
  take_one_of(text, "+-");
  bool has_digits = take_one_of(text, "0") || take_digits(text);
  if (take_one_of(text, ".")) has_digits = take_digits(text) || has_digits;
  if (has_digits && take_one_of(text, "eE")) {
    take_one_of(text, "+-");
    has_digits = take_digits(text);
  }
  return has_digits && text.empty();
}

std::optional<double> csv_number(std::string_view field) noexcept {
  std::string_view text = trimmed(field);
  if (!is_csv_number(text)) return std::nullopt;
  take_one_of(text, "+");
  return to_double(text);
}

std::string csv_number_fault(std::string_view field) {
  constexpr const char* allowed = "; a plain decimal number is allowed";
  const std::string_view text = trimmed(field);
  if (text.empty()) return std::string("is empty") + allowed;
  if (is_csv_number(text)) return excerpt(text) + " is out of the range of 64-bit numbers" + allowed;

  const std::string found = '"' + excerpt(text) + '"';
  if (is_number_with(text, text.find_first_of("dD"), 'e')) {
    return found + " has Fortran's exponent D; write E, as the edit descriptor ES24.16E3 does";
  }
  if (has_exponent_without_letter(text)) {
    return found + " has Fortran's exponent without its letter; write E and three digits, as ES24.16E3 does";
  }
  if (text.find_first_not_of('*') == std::string_view::npos) {
    return found + " is what Fortran writes where a field is too narrow; write more digits, as ES24.16E3 does";
  }
  if (is_number_with(text, text.find(','), '.')) return found + " has a decimal comma; write a point";
  if (text.find(';') != std::string_view::npos) {
    return found + " holds a semicolon; where that separates fields, set delimiter: semicolon";
  }
  return found + " is no number" + allowed;
}

}  // namespace ailoop::detail
