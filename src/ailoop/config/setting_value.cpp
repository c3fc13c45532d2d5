// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/setting_value.hpp>

#include <ailoop/config/scalar.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace ailoop::detail {
namespace {

/// `found` is no value of the setting's type; `what` says which type that is.
std::string wrong_type(const Setting& setting, const Node& node, std::string_view what) {
  return fmt::format("{} is not {}; {} is expected", found_text(node), what, allowed_text(setting));
}

ReadValue checked(const Setting& setting, const Node& node, SettingValue value) {
  if (const auto why = violation(setting, value)) {
    const std::string found = node.text.empty() ? "the text" : found_text(node);
    return found + " " + *why;
  }
  return value;
}

ReadValue read_boolean(const Setting& setting, const Node& node) {
  if (node.is_quoted || (node.text != "true" && node.text != "false")) {
    return fmt::format("{} is neither true nor false; {} is expected", found_text(node), allowed_text(setting));
  }
  return SettingValue(node.text == "true");
}

template <class Integer>
ReadValue read_integer(const Setting& setting, const Node& node) {
  if (node.is_quoted || !is_integer_text(node.text)) {
    return wrong_type(setting, node, "a whole number in plain decimal digits");
  }
  const auto value = to_integer<Integer>(node.text);
  if (!value) {  // beyond 64 bits, so beyond every range
    return fmt::format("{} is not {}", found_text(node), allowed_text(setting));
  }
  return checked(setting, node, SettingValue(*value));
}

ReadValue read_number(const Setting& setting, const Node& node) {
  if (node.is_quoted || !is_number_text(node.text)) {
    const bool has_comma = !node.is_quoted && is_number_with_comma(node.text);
    return wrong_type(setting, node, "a plain decimal number") + (has_comma ? ", with a point for the comma" : "");
  }
  const auto value = to_double(node.text);
  if (!value) {
    return fmt::format("{} is out of the range of 64-bit numbers; {} is expected", found_text(node),
                       allowed_text(setting));
  }
  return checked(setting, node, SettingValue(*value));
}

ReadValue read_text(const Setting& setting, const Node& node) {
  if (!node.is_quoted && is_typed_in_yaml(node.text)) {
    return fmt::format("{} is not text to YAML; write it in quotes", found_text(node));
  }
  return checked(setting, node, SettingValue(node.text));
}

ReadValue read_path(const Setting& setting, const Node& node) {
  ReadValue as_text = read_text(setting, node);
  if (std::holds_alternative<std::string>(as_text)) {
    return as_text;
  }
  const auto folder =
      node.mark.is_override() ? std::filesystem::path() : std::filesystem::path(node.mark.source).parent_path();
  try {
    const PathSetting path(node.text);
    const bool is_of_output = setting.affects == Affects::output;
    return SettingValue(is_of_output ? path : path.seen_from(std::filesystem::current_path() / folder));
  } catch (const ConfigurationError& error) {
    return std::string(error.what());
  }
}

}  // namespace

std::string found_text(const Node& node) {
  switch (node.type) {
    case NodeType::null:
      return "no value";
    case NodeType::scalar:
      return node.is_quoted ? "\"" + excerpt(node.text) + "\"" : excerpt(node.text);
    case NodeType::sequence:
      return "a list";
    case NodeType::mapping:
      return "a section";
  }
  throw UsageError("found_text: not a NodeType");
}

ReadValue read_value(const Setting& setting, const Node& node) {
  if (node.type != NodeType::scalar || (setting.list && !setting.list->can_be_scalar)) {
    const bool wants_null = node.type == NodeType::null && can_be_null(setting);
    return fmt::format("{}; {}{} is expected", found_text(node), allowed_text(setting),
                       wants_null ? ", or null for none," : "");
  }
  switch (setting.type) {
    case SettingType::boolean:
      return read_boolean(setting, node);
    case SettingType::integer:
      return read_integer<std::int64_t>(setting, node);
    case SettingType::unsigned_integer:
      return read_integer<std::uint64_t>(setting, node);
    case SettingType::number:
      return read_number(setting, node);
    case SettingType::text:
      return read_text(setting, node);
    case SettingType::choice:
      return checked(setting, node, SettingValue(node.text));
    case SettingType::path:
      return read_path(setting, node);
  }
  throw UsageError("read_value: not a SettingType");
}

}  // namespace ailoop::detail
