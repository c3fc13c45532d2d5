// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/schema_printer.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

namespace ailoop {
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

void add(Json& schema, const IntegerRange& range, SettingType /*type*/) {
  schema["minimum"] = range.lower;
  schema["maximum"] = range.upper;
}

void add(Json& schema, const NumberRange& range, SettingType /*type*/) {
  // Without these bounds a reader that knows infinity would pass it.
  constexpr double largest = std::numeric_limits<double>::max();
  schema[range.is_lower_open ? "exclusiveMinimum" : "minimum"] = range.lower.value_or(-largest);
  schema[range.is_upper_open ? "exclusiveMaximum" : "maximum"] = range.upper.value_or(largest);
}

void add(Json& schema, const Anything& /*constraint*/, SettingType type) {
  if (type == SettingType::unsigned_integer) {
    schema["minimum"] = 0;
    schema["maximum"] = std::numeric_limits<std::uint64_t>::max();
  } else if (type == SettingType::number) {
    add(schema, NumberRange{}, type);
  }
}

void add(Json& schema, const NonEmptyText& /*constraint*/, SettingType /*type*/) {
  schema["minLength"] = 1;
  // `$` ends before a last line break in some readers of patterns, so the forbidden is named instead.
  schema["not"] = {{"type", "string"}, {"pattern", "[\\u0000-\\u001f\\u007f]"}};
}

void add(Json& schema, const OneOf& one_of, SettingType /*type*/) {
  Json names = Json::array();
  Json meanings = Json::array();  // shown by editors
  for (const NamedChoice& choice : one_of.choices) {
    names.push_back(choice.name);
    meanings.push_back(choice.meaning);
  }
  schema["enum"] = std::move(names);
  schema["enumDescriptions"] = std::move(meanings);
}

const char* json_type(SettingType type) {
  switch (type) {
    case SettingType::boolean:
      return "boolean";
    case SettingType::integer:
    case SettingType::unsigned_integer:
      return "integer";
    case SettingType::number:
      return "number";
    case SettingType::text:
    case SettingType::choice:
    case SettingType::path:
      return "string";
  }
  throw UsageError("json_type: not a SettingType");
}

/// Adds what a value must be: of a list, each element.
void add_type(Json& schema, const Setting& setting) {
  schema["type"] = json_type(setting.type);
  if (setting.type == SettingType::path) {
    schema["format"] = "path";
  }
  std::visit([&](const auto& constraint) { add(schema, constraint, setting.type); }, setting.constraint);
}

void add_list(Json& schema, const Setting& setting) {
  schema["type"] = "array";
  if (setting.list->can_be_scalar) {
    add_type(schema, setting);
    schema["type"] = {schema["type"], "array"};
    if (schema.contains("enum")) {  // which a list would have to be in, too
      schema["anyOf"] = {{{"type", "array"}}, {{"enum", schema["enum"]}}};
      schema.erase("enum");
      schema.erase("enumDescriptions");
    }
  }
  Json items;
  add_type(items, setting);
  schema["items"] = std::move(items);
  schema["minItems"] = setting.list->length.lower;
  schema["maxItems"] = setting.list->length.upper;
}

Json setting_schema(const Setting& setting) {
  Json schema;
  schema["description"] = setting.meaning;
  setting.list ? add_list(schema, setting) : add_type(schema, setting);
  if (setting.value.has_value() && setting.presence == Presence::optional) {
    schema["default"] = value_json(*setting.value);
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

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void add_missing(std::vector<std::string>& names, const std::vector<std::string>& more) {
  std::ranges::copy_if(more, std::back_inserter(names),
                       [&](const std::string& name) { return !contains(names, name); });
}

/// What is described in one section, or by one kind beside the key that names it.
struct Body {
  /// The key that names a kind.
  struct Discriminator {
    std::string key;
    std::string default_kind;
    std::vector<Body> kinds;

    /// Every key of one of the kinds.
    [[nodiscard]] std::vector<std::string> keys() const {
      std::vector<std::string> out;
      for (const Body& of_kind : kinds) {
        add_missing(out, of_kind.keys());
      }
      return out;
    }

    /// What must hold for the chosen kind. \param shared keys that are no matter of this discriminator alone
    [[nodiscard]] Json condition(const Body& chosen, const std::vector<std::string>& shared) const {
      Json condition;
      condition["if"]["properties"][key]["const"] = chosen.kind;
      if (chosen.kind != default_kind) {
        condition["if"]["required"] = {key};  // without the key the default is meant
      }
      Json& then = condition["then"];
      then["properties"] = chosen.properties;
      const std::vector<std::string> own = chosen.keys();
      for (const std::string& name : keys()) {
        if (!contains(own, name) && !contains(shared, name)) {
          then["properties"][name] = false;
        }
      }
      chosen.add_what_must_hold(then);
      return condition;
    }
  };

  std::string kind;  // whose body it is; empty for that of a section
  Json properties = Json::object();
  std::vector<std::string> required;
  std::vector<std::vector<std::string>> exclusive;
  std::vector<Discriminator> discriminators;

  /// Every key that can stand here, whatever the kinds are.
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const auto& item : properties.items()) {
      out.push_back(item.key());
    }
    for (const Discriminator& discriminator : discriminators) {
      add_missing(out, discriminator.keys());
    }
    return out;
  }

  /// True where something must be given even if the section is absent.
  [[nodiscard]] bool needs_something() const {
    return !required.empty() || std::ranges::any_of(discriminators, [](const Discriminator& of) {
      return std::ranges::any_of(
          of.kinds, [&](const Body& body) { return body.kind == of.default_kind && body.needs_something(); });
    });
  }

  /// Adds to an object what must hold beside its properties.
  void add_what_must_hold(Json& object) const {
    if (!required.empty()) {
      object["required"] = required;
    }
    Json all = Json::array();
    for (const auto& names : exclusive) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = i + 1; j < names.size(); ++j) {
          all.push_back({{"not", {{"required", {names[i], names[j]}}}}});
        }
      }
    }
    for (const Discriminator& discriminator : discriminators) {
      std::vector<std::string> shared;
      for (const Discriminator& other : discriminators) {
        if (&other != &discriminator) {
          add_missing(shared, other.keys());
        }
      }
      for (const Body& chosen : discriminator.kinds) {
        all.push_back(discriminator.condition(chosen, shared));
      }
    }
    if (!all.empty()) {
      object["allOf"] = std::move(all);
    }
  }

  [[nodiscard]] Json object() const {
    Json out;
    out["type"] = "object";
    out["properties"] = properties;
    for (const std::string& name : keys()) {
      if (!properties.contains(name)) {
        out["properties"][name] = true;  // what it may hold is said where its kind is chosen
      }
    }
    out["additionalProperties"] = false;
    add_what_must_hold(out);
    return out;
  }
};

class SchemaPrinter final : public Visitor {
 public:
  [[nodiscard]] Json schema() const { return m_open.object(); }

 private:
  /// What `describe` adds while it talks to this visitor.
  Body described(std::string kind, const std::function<void()>& describe) {
    Body outer = std::exchange(m_open, Body{});
    m_open.kind = std::move(kind);
    describe();
    return std::exchange(m_open, std::move(outer));
  }

  void on_field(const Setting& setting) override {
    AILOOP_REQUIRE(!m_open.properties.contains(setting.name), "print_schema: " + setting.name + " is described twice");
    m_open.properties[setting.name] = setting_schema(setting);
    if (setting.presence == Presence::required) {
      m_open.required.push_back(setting.name);
    }
  }

  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override {
    const Body section = described("", body);
    Json& schema = m_open.properties[std::string(name)];
    schema["description"] = meaning;
    schema.update(section.object());
    if (section.needs_something()) {
      m_open.required.emplace_back(name);
    }
  }

  void on_kind(const Setting& discriminator, KindSlot& slot) override {
    on_field(discriminator);
    Body::Discriminator choice{.key = discriminator.name, .default_kind = slot.name, .kinds = {}};
    for (const NamedChoice& entry : slot.entries) {
      const auto kind = slot.create(entry.name);
      choice.kinds.push_back(described(entry.name, [&] { kind->describe(*this); }));
    }
    m_open.discriminators.push_back(std::move(choice));
  }

  void on_exclusive(const std::vector<std::string>& names) override { m_open.exclusive.push_back(names); }

  Body m_open;  // the section or kind that is being described
};

}  // namespace

std::string print_schema(std::string_view title, const Described& settings) {
  SchemaPrinter printer;
  settings.to(printer);
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = title;
  schema.update(printer.schema());
  return schema.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ailoop
