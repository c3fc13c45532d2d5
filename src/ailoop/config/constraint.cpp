#include <ailoop/config/constraint.hpp>

#include <ailoop/config/scalar.hpp>

#include <algorithm>

namespace ailoop {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

NumberRange greater_than(double lower) { return {.lower = lower, .upper = std::nullopt, .is_lower_open = true}; }

NumberRange at_least(double lower) { return {.lower = lower, .upper = std::nullopt}; }

NumberRange half_open(double lower, double upper) {
  AILOOP_REQUIRE(lower < upper, "half_open: the lower bound is not less than the upper one");
  return {.lower = lower, .upper = upper, .is_upper_open = true};
}

NumberRange strictly_between(double lower, double upper) {
  AILOOP_REQUIRE(lower < upper, "strictly_between: the lower bound is not less than the upper one");
  return {.lower = lower, .upper = upper, .is_lower_open = true, .is_upper_open = true};
}

NumberRange between(double lower, double upper) {
  AILOOP_REQUIRE(lower <= upper, "between: the lower bound exceeds the upper one");
  return {.lower = lower, .upper = upper};
}

bool is_key_name(std::string_view name) noexcept {
  return !name.empty() && is_lower(name.front()) && std::all_of(name.begin(), name.end(), is_word);
}

bool is_choice_name(std::string_view name) noexcept {
  return !name.empty() && (is_lower(name.front()) || is_upper(name.front())) && !detail::is_typed_in_yaml(name) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || is_upper(c) || c == '-'; });
}

}  // namespace ailoop
