// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/setting.hpp>
#include <ailoop/core/error.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop::detail {

template <class T, class Allowed>
concept Constrains =
    (std::is_same_v<Allowed, Anything> && !std::is_same_v<T, std::int64_t> && !std::is_enum_v<T>) ||
    (std::is_same_v<Allowed, IntegerRange> && (std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t>)) ||
    (std::is_same_v<Allowed, NumberRange> && std::is_same_v<T, double>) ||
    (std::is_same_v<Allowed, NonEmptyText> && (std::is_same_v<T, std::string> || std::is_same_v<T, PathSetting>));

template <class T>
inline constexpr SettingType setting_type = std::is_same_v<T, bool>            ? SettingType::boolean
                                            : std::is_same_v<T, std::int64_t>  ? SettingType::integer
                                            : std::is_same_v<T, std::uint64_t> ? SettingType::unsigned_integer
                                            : std::is_same_v<T, double>        ? SettingType::number
                                            : std::is_same_v<T, std::string>   ? SettingType::text
                                                                               : SettingType::path;

/// What a value of type T must be, and its way to a SettingValue and back; that of a list is the way of its elements.
template <class T, class Allowed>
struct Erasure {
  static_assert(Constrains<T, Allowed>,
                "Visitor::field: the constraint does not fit the type; a whole number takes between(1, 10), a number "
                "between(0.0, 1.0), an enumeration choices<Enum>(), a std::vector list_of(between(0.0, 1.0))");
  static_assert(std::is_constructible_v<SettingValue, std::in_place_type_t<T>, const T&>,
                "Visitor::field: a setting is a bool, std::int64_t, std::uint64_t, double, std::string, PathSetting, "
                "an enumeration, a std::vector of these, or a std::optional of one of them");
  Allowed allowed;

  void constrain(Setting& setting) const {
    setting.type = setting_type<T>;
    setting.constraint = allowed;
  }
  [[nodiscard]] SettingValue erase(const T& value) const { return SettingValue(std::in_place_type<T>, value); }
  [[nodiscard]] T restore(const SettingValue& value) const { return std::get<T>(value); }
};

template <class Enum>
struct Erasure<Enum, Choices<Enum>> {
  Choices<Enum> allowed;

  void constrain(Setting& setting) const {
    setting.type = SettingType::choice;
    setting.constraint = allowed.constraint();
  }
  [[nodiscard]] SettingValue erase(Enum value) const { return allowed.name_of(value); }
  [[nodiscard]] Enum restore(const SettingValue& value) const {
    return allowed.find(std::get<std::string>(value)).value();
  }
};

template <class T, class Allowed>
struct Erasure<std::vector<T>, ListOf<Allowed>> {
  static_assert(!std::is_same_v<T, bool>, "Visitor::field: there are no lists of bool");
  ListOf<Allowed> allowed;
  Erasure<T, Allowed> element{allowed.element};

  void constrain(Setting& setting) const {
    element.constrain(setting);
    setting.list = allowed.shape;
  }
  [[nodiscard]] SettingValue erase(const std::vector<T>& values) const {
    if (allowed.shape.can_be_scalar && values.size() == 1) {
      return element.erase(values.front());
    }
    SettingValue::List list;
    std::ranges::transform(values, std::back_inserter(list), [this](const T& v) { return element.erase(v); });
    return list;
  }
  [[nodiscard]] std::vector<T> restore(const SettingValue& value) const {
    const auto* const list = std::get_if<SettingValue::List>(&value);
    if (list == nullptr) {
      return {element.restore(value)};
    }
    std::vector<T> values;
    std::ranges::transform(*list, std::back_inserter(values), [this](const auto& v) { return element.restore(v); });
    return values;
  }
};

/// A member of settings as a Setting that has no name yet. \param member outlives it
template <class T, class Allowed>
Setting make_setting(T& member, const Allowed& allowed) {
  const Erasure<T, Allowed> erasure{allowed};
  Setting setting;
  erasure.constrain(setting);
  setting.value = erasure.erase(member);
  setting.set = [&member, erasure](const std::optional<SettingValue>& value) {
    AILOOP_REQUIRE(value.has_value(), "Setting: a value is needed");
    member = erasure.restore(*value);
  };
  return setting;
}

template <class T, class Allowed>
Setting make_setting(std::optional<T>& member, const Allowed& allowed) {
  const Erasure<T, Allowed> erasure{allowed};
  Setting setting;
  setting.can_be_absent = true;
  erasure.constrain(setting);
  if (member.has_value()) {
    setting.value = erasure.erase(*member);
  }
  setting.set = [&member, erasure](const std::optional<SettingValue>& value) {
    member = value.has_value() ? std::optional<T>(erasure.restore(*value)) : std::nullopt;
  };
  return setting;
}

}  // namespace ailoop::detail
