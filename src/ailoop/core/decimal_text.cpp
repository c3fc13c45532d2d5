// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/decimal_text.hpp>

#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>

namespace ailoop::detail {
namespace {

bool take_integer(std::string_view& text) {
  take_one_of(text, "-");
  return take_one_of(text, "0") || take_digits(text);
}

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view blanks) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);  // npos + 1 is 0
}

bool take_digits(std::string_view& text) noexcept {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto count = as_size(end - text.begin());
  text.remove_prefix(count);
  return count > 0;
}

bool take_one_of(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool is_integer_text(std::string_view text) noexcept { return take_integer(text) && text.empty(); }

bool is_number_text(std::string_view text) noexcept {
  if (!take_integer(text)) {
    return false;
  }
  if (take_one_of(text, ".") && !take_digits(text)) {
    return false;
  }
  if (take_one_of(text, "eE")) {
    take_one_of(text, "+-");
    if (!take_digits(text)) {
      return false;
    }
  }
  return text.empty();
}

bool is_number_with_comma(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return false;
  }
  std::string changed(text);
  changed[comma] = '.';
  return is_number_text(changed);
}

std::optional<double> to_double(std::string_view text) noexcept {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace ailoop::detail
