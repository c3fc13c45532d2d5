// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ailoop {

// What a setting may hold. Constraints are data, so that each visitor can check them, say them or write them as a
// schema.

/// Whatever the type can hold.
struct Anything {};

/// Whole numbers from `lower` to `upper`, both included.
struct IntegerRange {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};

/// Finite numbers above, at or below the bounds that are set.
struct NumberRange {
  std::optional<double> lower;
  std::optional<double> upper;
  bool is_lower_open = false;  ///< `lower` itself is not allowed
  bool is_upper_open = false;  ///< `upper` itself is not allowed
};

/// Text of at least one character, without control characters.
struct NonEmptyText {};

/// One of the values of a choice: its name in the configuration and one line on what it means.
struct NamedChoice {
  std::string name;
  std::string meaning;
};

/// One of the named values.
struct OneOf {
  std::vector<NamedChoice> choices;
  std::vector<NamedChoice> lacking;  ///< what this build cannot do; as meaning `which ...`: why, and what else there is
};

using Constraint = std::variant<Anything, IntegerRange, NumberRange, NonEmptyText, OneOf>;

/// What makes a setting a list; its constraint is then that of each element.
struct ListShape {
  IntegerRange length;         ///< elements
  bool can_be_scalar = false;  ///< a list of one is written without brackets, with brackets it may be
};

/// A list whose elements obey `element`.
template <class Element>
struct ListOf {
  Element element;
  ListShape shape;
};

/// True for `[a-z][a-z0-9_]*`: how keys are written.
[[nodiscard]] bool is_key_name(std::string_view name) noexcept;
/// True for `[A-Za-z][A-Za-z0-9_-]*` that YAML takes for text: how values of choices and kinds are written.
[[nodiscard]] bool is_choice_name(std::string_view name) noexcept;

/// Names of the values of an enumeration.
template <class Enum>
  requires std::is_enum_v<Enum>
class Choices {
 public:
  struct Value {
    Enum value;
    std::string_view name;
    std::string_view meaning;
    std::string_view lacking;  ///< where this build cannot do it: `which ...`, why, and what else there is
  };

  /// \throws UsageError if a name or a value occurs twice, or a name is not an identifier
  Choices(std::initializer_list<Value> values) : m_values(values) {
    for (const Value& value : m_values) {
      AILOOP_REQUIRE(is_choice_name(value.name), "Choices: " + std::string(value.name) + " is not a name");
      AILOOP_REQUIRE(std::ranges::count(m_values, value.name, &Value::name) == 1 &&
                         std::ranges::count(m_values, value.value, &Value::value) == 1,
                     "Choices: " + std::string(value.name) + " is listed twice");
    }
  }

  /// Name of a value. \throws UsageError for one that was not listed
  [[nodiscard]] std::string name_of(Enum value) const {
    const auto found = std::ranges::find(m_values, value, &Value::value);
    AILOOP_REQUIRE(found != m_values.end(), "Choices: a value without a name");
    return std::string(found->name);
  }

  [[nodiscard]] std::optional<Enum> find(std::string_view name) const {
    const auto found = std::ranges::find(m_values, name, &Value::name);
    return found == m_values.end() ? std::nullopt : std::optional(found->value);
  }

  [[nodiscard]] OneOf constraint() const {
    OneOf out;
    for (const Value& value : m_values) {
      // in plain lines: nvcc 13 writes braces within an argument out wrongly
      const bool is_there = value.lacking.empty();
      NamedChoice choice;
      choice.name = std::string(value.name);
      choice.meaning = std::string(is_there ? value.meaning : value.lacking);
      (is_there ? out.choices : out.lacking).push_back(std::move(choice));
    }
    return out;
  }

 private:
  std::vector<Value> m_values;
};

[[nodiscard]] inline Anything any() { return {}; }
[[nodiscard]] inline NonEmptyText text() { return {}; }

[[nodiscard]] inline NumberRange greater_than(double lower) {
  return {.lower = lower, .upper = std::nullopt, .is_lower_open = true};
}
[[nodiscard]] inline NumberRange at_least(double lower) { return {.lower = lower, .upper = std::nullopt}; }
/// There is no lower bound alone for whole numbers: each has an upper bound too.
template <std::integral T>
NumberRange greater_than(T) = delete;
template <std::integral T>
NumberRange at_least(T) = delete;

/// At least `lower` and less than `upper`. \throws UsageError unless `lower` is less than `upper`
[[nodiscard]] inline NumberRange half_open(double lower, double upper) {
  AILOOP_REQUIRE(lower < upper, "half_open: the lower bound is not less than the upper one");
  return {.lower = lower, .upper = upper, .is_upper_open = true};
}

/// Greater than `lower` and less than `upper`. \throws UsageError unless `lower` is less than `upper`
[[nodiscard]] inline NumberRange strictly_between(double lower, double upper) {
  AILOOP_REQUIRE(lower < upper, "strictly_between: the lower bound is not less than the upper one");
  return {.lower = lower, .upper = upper, .is_lower_open = true, .is_upper_open = true};
}

/// \throws UsageError if `lower` exceeds `upper`
[[nodiscard]] inline NumberRange between(double lower, double upper) {
  AILOOP_REQUIRE(lower <= upper, "between: the lower bound exceeds the upper one");
  return {.lower = lower, .upper = upper};
}
template <std::integral Lower, std::integral Upper>
[[nodiscard]] IntegerRange between(Lower lower, Upper upper) {
  AILOOP_REQUIRE(std::in_range<std::int64_t>(lower) && std::in_range<std::int64_t>(upper),
                 "between: the bounds must fit 64 bits");
  AILOOP_REQUIRE(std::cmp_less_equal(lower, upper), "between: the lower bound exceeds the upper one");
  return {static_cast<std::int64_t>(lower), static_cast<std::int64_t>(upper)};
}

/// Lists of so many elements, each of which obeys `element`: another of these constraints.
/// \throws UsageError if the list may be empty
template <class Element>
[[nodiscard]] ListOf<Element> list_of(Element element, IntegerRange length = between(1, 1000)) {
  AILOOP_REQUIRE(length.lower >= 1, "list_of: a list has at least one element");
  return {std::move(element), {.length = length}};
}

/// One such value, or a list of them. \throws UsageError unless the list may have one element
template <class Range>
[[nodiscard]] ListOf<Range> one_or_list(Range range, IntegerRange length = between(1, 1000)) {
  AILOOP_REQUIRE(length.lower == 1, "one_or_list: the list may have one element");
  return {std::move(range), {.length = length, .can_be_scalar = true}};
}

template <class Enum>
[[nodiscard]] Choices<Enum> choices(std::initializer_list<typename Choices<Enum>::Value> values) {
  return Choices<Enum>(values);
}

}  // namespace ailoop
