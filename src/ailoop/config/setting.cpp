// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/setting.hpp>

#include <ailoop/config/nearest.hpp>
#include <ailoop/config/scalar.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

namespace ailoop {
namespace {

std::vector<std::string> names_of(const OneOf& one_of) {
  std::vector<std::string> names;
  std::ranges::transform(one_of.choices, std::back_inserter(names), &NamedChoice::name);
  return names;
}

template <class T>
std::string range_text(T lower, T upper) {
  return lower == upper ? fmt::format("{}", lower) : fmt::format("between {} and {}", lower, upper);
}

/// `between 1 and 64`; empty where every finite number is allowed.
std::string range_text(const NumberRange& range) {
  if (range.lower && range.upper && range.is_upper_open) {
    return fmt::format("{} {} and less than {}", range.is_lower_open ? "greater than" : "at least",
                       number_text(*range.lower), number_text(*range.upper));
  }
  if (range.lower && range.upper) {
    return fmt::format("between {} and {}", number_text(*range.lower), number_text(*range.upper));
  }
  if (range.lower) {
    return fmt::format("{} {}", range.is_lower_open ? "greater than" : "at least", number_text(*range.lower));
  }
  return range.upper ? fmt::format("at most {}", number_text(*range.upper)) : std::string();
}

bool is_within(const NumberRange& range, double value) {
  const bool is_above = !range.lower || (range.is_lower_open ? value > *range.lower : value >= *range.lower);
  const bool is_below = !range.upper || (range.is_upper_open ? value < *range.upper : value <= *range.upper);
  return is_above && is_below;
}

bool has_control_character(const std::string& text) {
  return std::ranges::any_of(text, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
}

/// As the end of a sentence that starts with the name.
std::optional<std::string> why_lacking(const OneOf& one_of, const std::string& name) {
  const auto found = std::ranges::find(one_of.lacking, name, &NamedChoice::name);
  return found == one_of.lacking.end() ? std::nullopt : std::optional("is not in this build, " + found->meaning);
}

std::optional<std::string> text_violation(const Setting& setting, const std::string& text) {
  if (std::holds_alternative<NonEmptyText>(setting.constraint)) {
    if (text.empty()) {
      return "is empty; " + allowed_text(setting) + " is expected";
    }
    if (has_control_character(text)) {
      return "has a control character; " + allowed_text(setting) + " is expected";
    }
  }
  if (const auto* one_of = std::get_if<OneOf>(&setting.constraint)) {
    if (auto why = why_lacking(*one_of, text)) {
      return why;
    }
    const auto names = names_of(*one_of);
    if (std::ranges::find(names, text) == names.end()) {
      const auto nearest = names.size() > 1 ? nearest_name(text, names) : std::nullopt;
      return fmt::format("is not {}{}", allowed_text(setting), nearest ? "; did you mean " + *nearest + "?" : "");
    }
  }
  return std::nullopt;
}

/// Of a list whose elements are allowed.
std::optional<std::string> list_violation(const Setting& setting, const SettingValue::List& list) {
  const std::int64_t n = std::ssize(list);
  const IntegerRange& length = setting.list.value().length;
  if (n >= length.lower && n <= length.upper) {
    return std::nullopt;
  }
  return fmt::format("has {} element{}; {} is expected", n, n == 1 ? "" : "s", allowed_text(setting));
}

}  // namespace

std::string to_string(Affects affects) {
  switch (affects) {
    case Affects::result:
      return "result";
    case Affects::extent:
      return "extent";
    case Affects::execution:
      return "execution";
    case Affects::output:
      return "output";
  }
  throw UsageError("to_string: not an Affects");
}

std::string plain_text(const SettingValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::is_same_v<T, double>) {
          AILOOP_REQUIRE(std::isfinite(v), "a setting must be finite");
          return number_text(v);
        } else if constexpr (std::is_same_v<T, std::string>) {
          return v;
        } else if constexpr (std::is_same_v<T, PathSetting>) {
          return v.written();
        } else if constexpr (std::is_same_v<T, SettingValue::List>) {
          AILOOP_REQUIRE(!v.empty(), "a list must have an element");
          std::vector<std::string> elements;
          std::ranges::transform(v, std::back_inserter(elements), yaml_text);
          return fmt::format("[{}]", fmt::join(elements, ", "));
        } else {
          return std::to_string(v);
        }
      },
      value);
}

std::string yaml_text(const SettingValue& value) {
  std::string text = plain_text(value);
  if (std::holds_alternative<std::string>(value) || std::holds_alternative<PathSetting>(value)) {
    return detail::yaml_text(text);
  }
  // YAML 1.1, which Python reads, takes 1e-08 for text and 1.0e-08 for a number.
  if (const auto exponent = text.find('e');
      std::holds_alternative<double>(value) && exponent != std::string::npos && text.find('.') == std::string::npos) {
    text.insert(exponent, ".0");
  }
  return text;
}

bool can_be_null(const Setting& setting) {
  return setting.can_be_absent && setting.presence == Presence::optional && !setting.value.has_value();
}

Setting element_of(const Setting& list) {
  Setting element = list;
  element.list.reset();
  element.can_be_absent = false;
  return element;
}

std::string allowed_text(const Setting& setting) {
  if (setting.list) {
    const std::string each = allowed_text(element_of(setting));
    const auto& [shortest, longest] = setting.list->length;
    const std::string length =
        shortest == longest ? std::to_string(shortest) : fmt::format("{} to {}", shortest, longest);
    return setting.list->can_be_scalar ? fmt::format("{}, or a list of {} such", each, length)
                                       : fmt::format("a list of {} elements (each {})", length, each);
  }
  switch (setting.type) {
    case SettingType::boolean:
      return "true or false";
    case SettingType::integer:
    case SettingType::unsigned_integer: {
      const auto* range = std::get_if<IntegerRange>(&setting.constraint);
      return "a whole number " + (range != nullptr
                                      ? range_text(range->lower, range->upper)
                                      : range_text(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()));
    }
    case SettingType::number: {
      const auto* range = std::get_if<NumberRange>(&setting.constraint);
      const std::string bounds = range == nullptr ? "" : range_text(*range);
      return bounds.empty() ? "a number" : "a number " + bounds;
    }
    case SettingType::text:
      return std::holds_alternative<NonEmptyText>(setting.constraint) ? "text that is not empty" : "text";
    case SettingType::choice: {
      const auto names = names_of(std::get<OneOf>(setting.constraint));
      return fmt::format("{}{}", names.size() == 1 ? "" : "one of ", fmt::join(names, ", "));
    }
    case SettingType::path:
      return "a path";
  }
  throw UsageError("allowed_text: not a SettingType");
}

std::optional<std::string> what_is_lacking(const Setting& setting) {
  const auto* one_of = std::get_if<OneOf>(&setting.constraint);
  const auto* name = one_of != nullptr && setting.value ? std::get_if<std::string>(&*setting.value) : nullptr;
  const auto why = name != nullptr ? why_lacking(*one_of, *name) : std::nullopt;
  return why ? std::optional(*name + " " + *why) : std::nullopt;
}

std::optional<std::string> violation(const Setting& setting, const SettingValue& value) {
  return std::visit(
      [&](const auto& v) -> std::optional<std::string> {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, bool>) {
          return std::nullopt;
        } else if constexpr (std::is_same_v<T, double>) {
          const auto* range = std::get_if<NumberRange>(&setting.constraint);
          return range == nullptr || is_within(*range, v) ? std::nullopt
                                                          : std::optional("is not " + range_text(*range));
        } else if constexpr (std::is_same_v<T, std::string>) {
          return text_violation(setting, v);
        } else if constexpr (std::is_same_v<T, PathSetting>) {
          return text_violation(setting, v.written());
        } else if constexpr (std::is_same_v<T, SettingValue::List>) {
          return list_violation(setting, v);
        } else {
          const auto* range = std::get_if<IntegerRange>(&setting.constraint);
          const bool is_allowed =
              range == nullptr || (std::cmp_greater_equal(v, range->lower) && std::cmp_less_equal(v, range->upper));
          return is_allowed ? std::nullopt : std::optional("is not " + range_text(range->lower, range->upper));
        }
      },
      value);
}

}  // namespace ailoop
