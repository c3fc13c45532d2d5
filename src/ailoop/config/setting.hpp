// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/constraint.hpp>
#include <ailoop/config/path_setting.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ailoop {

/// What a setting changes. Only `result` enters the hash of a configuration and must not change at a resume; `extent`
/// is how far a run goes.
enum class Affects { result, extent, execution, output };

enum class Presence { optional, required };

enum class SettingType { boolean, integer, unsigned_integer, number, text, choice, path };

/// Value of a setting; a choice is its name, a list holds a value for each of its elements.
struct SettingValue
    : std::variant<bool, std::int64_t, std::uint64_t, double, std::string, PathSetting, std::vector<SettingValue>> {
  using List = std::vector<SettingValue>;
  using variant::variant;
};

/// One described setting, as visitors see it: what it is, and its place in the settings that are visited.
struct Setting {
  std::string name;  ///< key within its section
  SettingType type = SettingType::boolean;
  bool can_be_absent = false;  ///< a `std::optional`: without a value it means none
  Presence presence = Presence::optional;
  Affects affects = Affects::result;
  std::string meaning;
  std::string advice;  ///< of a required one: what else to say where it is missing
  Constraint constraint;
  std::optional<ListShape> list;      ///< of a list: type and constraint are those of its elements
  std::optional<SettingValue> value;  ///< when it was described: to a reader its default
  std::function<void(const std::optional<SettingValue>&)> set;
};

[[nodiscard]] std::string to_string(Affects affects);

/// Value as it stands in messages and tables, unquoted; numbers read back exactly.
[[nodiscard]] std::string plain_text(const SettingValue& value);
/// Value as YAML on one line that reads back to the same value.
[[nodiscard]] std::string yaml_text(const SettingValue& value);

/// Whether `null` may be written for a setting: where it has no value by default, which is what that means.
[[nodiscard]] bool can_be_null(const Setting& setting);

/// An element of a list as a setting of its own, for what is said and checked of each.
[[nodiscard]] Setting element_of(const Setting& list);

/// What may be written for a setting: `a whole number between 1 and 64`.
[[nodiscard]] std::string allowed_text(const Setting& setting);

/// Why the setting's value is none that this build has: `libtorch is not in this build, ...`. Nothing
/// where it has it.
[[nodiscard]] std::optional<std::string> what_is_lacking(const Setting& setting);

/// Why a value of the setting's type is refused, as the end of a sentence that starts with the value: `is not greater
/// than 0`. Nothing where it is allowed.
[[nodiscard]] std::optional<std::string> violation(const Setting& setting, const SettingValue& value);

}  // namespace ailoop
