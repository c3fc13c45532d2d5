#include <ailoop/config/setting_schema.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>
#include <variant>

namespace ailoop::detail {
namespace {

using Json = nlohmann::ordered_json;

Json value_json(const SettingValue& value) {
  return std::visit(
      [](const auto& v) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, PathSetting>) {
          return v.written();
        } else if constexpr (std::is_same_v<std::decay_t<decltype(v)>, SettingValue::List>) {
          Json list = Json::array();
          std::ranges::transform(v, std::back_inserter(list), value_json);
          return list;
        } else {
          return v;
        }
      },
      value);
}

void add_integer(Json& schema, const Setting& setting) {
  schema["type"] = "integer";
  const auto* range = std::get_if<IntegerRange>(&setting.constraint);
  if (setting.type == SettingType::unsigned_integer) {
    const std::int64_t lower = range == nullptr ? 0 : std::max<std::int64_t>(range->lower, 0);
    schema["minimum"] = lower;
    if (range == nullptr) {
      schema["maximum"] = std::numeric_limits<std::uint64_t>::max();
      return;
    }
  } else {
    schema["minimum"] = range == nullptr ? std::numeric_limits<std::int64_t>::min() : range->lower;
  }
  schema["maximum"] = range == nullptr ? std::numeric_limits<std::int64_t>::max() : range->upper;
}

void add_number(Json& schema, const Setting& setting) {
  constexpr double largest = std::numeric_limits<double>::max();
  schema["type"] = "number";
  const auto* given = std::get_if<NumberRange>(&setting.constraint);
  const NumberRange range = given == nullptr ? NumberRange{} : *given;
  // Without these bounds a reader that knows infinity would pass it.
  schema[range.is_lower_open ? "exclusiveMinimum" : "minimum"] = range.lower.value_or(-largest);
  schema[range.is_upper_open ? "exclusiveMaximum" : "maximum"] = range.upper.value_or(largest);
}

void add_text(Json& schema, const Setting& setting) {
  schema["type"] = "string";
  if (setting.type == SettingType::path) {
    schema["format"] = "path";
  }
  if (std::holds_alternative<NonEmptyText>(setting.constraint)) {
    schema["minLength"] = 1;
    // `$` ends before a last line break in some readers of patterns, so the forbidden is named instead.
    schema["not"] = {{"type", "string"}, {"pattern", "[\\u0000-\\u001f\\u007f]"}};
  }
}

void add_choice(Json& schema, const Setting& setting) {
  schema["type"] = "string";
  Json& names = schema["enum"] = Json::array();
  Json& meanings = schema["enumDescriptions"] = Json::array();  // shown by editors
  for (const NamedChoice& choice : std::get<OneOf>(setting.constraint).choices) {
    names.push_back(choice.name);
    meanings.push_back(choice.meaning);
  }
}

/// Adds what a value must be: of a list, each element.
void add_type(Json& schema, const Setting& setting) {
  switch (setting.type) {
    case SettingType::boolean:
      schema["type"] = "boolean";
      break;
    case SettingType::integer:
    case SettingType::unsigned_integer:
      add_integer(schema, setting);
      break;
    case SettingType::number:
      add_number(schema, setting);
      break;
    case SettingType::text:
    case SettingType::path:
      add_text(schema, setting);
      break;
    case SettingType::choice:
      add_choice(schema, setting);
      break;
  }
}

void add_list(Json& schema, const Setting& setting) {
  schema["type"] = "array";
  if (setting.list->can_be_scalar) {
    add_type(schema, setting);
    schema["type"] = {schema["type"], "array"};
  }
  add_type(schema["items"], setting);
  schema["minItems"] = setting.list->length.lower;
  schema["maxItems"] = setting.list->length.upper;
}

}  // namespace

Json setting_schema(const Setting& setting) {
  Json schema;
  schema["description"] = setting.meaning;
  setting.list ? add_list(schema, setting) : add_type(schema, setting);
  if (const auto value = setting.get(); value.has_value() && setting.presence == Presence::optional) {
    schema["default"] = value_json(*value);
  }
  if (can_be_null(setting)) {
    Json& type = schema["type"];
    type = type.is_array() ? type : Json::array({type});
    type.push_back("null");
    if (schema.contains("enum")) {
      schema["enum"].push_back(nullptr);
      schema["enumDescriptions"].push_back("as without the key");
    }
  }
  schema["x-affects"] = to_string(setting.affects);
  return schema;
}

}  // namespace ailoop::detail
