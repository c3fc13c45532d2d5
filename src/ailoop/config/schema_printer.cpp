#include <ailoop/config/schema_printer.hpp>

#include <ailoop/config/setting_schema.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace ailoop {
namespace {

using Json = nlohmann::ordered_json;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void add_missing(std::vector<std::string>& names, const std::vector<std::string>& more) {
  for (const std::string& name : more) {
    if (!contains(names, name)) {
      names.push_back(name);
    }
  }
}

}  // namespace

/// What is described in one section, or by one kind beside the key that names it.
struct SchemaPrinter::Body {
  struct Alternative;
  struct Discriminator;

  Json properties = Json::object();
  std::vector<std::string> required;
  std::vector<std::vector<std::string>> exclusive;
  std::vector<Discriminator> discriminators;

  /// Every key that can stand here, whatever the kinds are.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// True where something must be given even if the section is absent.
  [[nodiscard]] bool needs_something() const;
  /// What must hold beside the properties.
  [[nodiscard]] Json conditions() const;
  /// The whole object.
  [[nodiscard]] Json object() const;
};

struct SchemaPrinter::Body::Discriminator {
  std::string key;
  std::string default_kind;
  std::vector<Alternative> alternatives;

  [[nodiscard]] std::vector<std::string> keys() const;
  /// \param shared keys that are no matter of this discriminator alone
  [[nodiscard]] Json condition(const Alternative& chosen, const std::vector<std::string>& shared) const;
};

struct SchemaPrinter::Body::Alternative {
  std::string kind;
  Body body;
};

std::vector<std::string> SchemaPrinter::Body::Discriminator::keys() const {
  std::vector<std::string> out;
  for (const Alternative& alternative : alternatives) {
    add_missing(out, alternative.body.keys());
  }
  return out;
}

Json SchemaPrinter::Body::Discriminator::condition(const Alternative& chosen,
                                                   const std::vector<std::string>& shared) const {
  Json condition;
  condition["if"]["properties"][key]["const"] = chosen.kind;
  if (chosen.kind != default_kind) {
    condition["if"]["required"] = {key};  // without the key the default is meant
  }
  Json& then = condition["then"];
  then["properties"] = chosen.body.properties;
  const std::vector<std::string> own = chosen.body.keys();
  for (const std::string& name : keys()) {
    if (!contains(own, name) && !contains(shared, name)) {
      then["properties"][name] = false;
    }
  }
  if (!chosen.body.required.empty()) {
    then["required"] = chosen.body.required;
  }
  if (Json more = chosen.body.conditions(); !more.empty()) {
    then["allOf"] = std::move(more);
  }
  return condition;
}

std::vector<std::string> SchemaPrinter::Body::keys() const {
  std::vector<std::string> out;
  for (const auto& item : properties.items()) {
    out.push_back(item.key());
  }
  for (const Discriminator& discriminator : discriminators) {
    add_missing(out, discriminator.keys());
  }
  return out;
}

bool SchemaPrinter::Body::needs_something() const {
  return !required.empty() ||
         std::any_of(discriminators.begin(), discriminators.end(), [](const Discriminator& discriminator) {
           return std::any_of(discriminator.alternatives.begin(), discriminator.alternatives.end(),
                              [&](const Alternative& alternative) {
                                return alternative.kind == discriminator.default_kind &&
                                       alternative.body.needs_something();
                              });
         });
}

Json SchemaPrinter::Body::conditions() const {
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
    for (const Alternative& alternative : discriminator.alternatives) {
      all.push_back(discriminator.condition(alternative, shared));
    }
  }
  return all;
}

Json SchemaPrinter::Body::object() const {
  Json out;
  out["type"] = "object";
  out["properties"] = properties;
  for (const std::string& name : keys()) {
    if (!properties.contains(name)) {
      out["properties"][name] = true;  // what it may hold is said where its kind is chosen
    }
  }
  out["additionalProperties"] = false;
  if (!required.empty()) {
    out["required"] = required;
  }
  if (Json all = conditions(); !all.empty()) {
    out["allOf"] = std::move(all);
  }
  return out;
}

SchemaPrinter::SchemaPrinter() = default;
SchemaPrinter::~SchemaPrinter() = default;

void SchemaPrinter::begin() {
  m_root = std::make_unique<Body>();
  m_open = m_root.get();
}

std::string SchemaPrinter::finish(std::string_view title) {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = title;
  schema.update(m_root->object());
  return schema.dump(2, ' ', false, Json::error_handler_t::replace);
}

SchemaPrinter::Body SchemaPrinter::described(const std::function<void()>& describe) {
  Body body;
  Body* const outer = std::exchange(m_open, &body);
  describe();
  m_open = outer;
  return body;
}

void SchemaPrinter::on_field(const Setting& setting) {
  AILOOP_REQUIRE(!m_open->properties.contains(setting.name), "SchemaPrinter: " + setting.name + " is described twice");
  m_open->properties[setting.name] = detail::setting_schema(setting);
  if (setting.presence == Presence::required) {
    m_open->required.push_back(setting.name);
  }
}

void SchemaPrinter::on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) {
  const Body section = described(body);
  Json schema;
  schema["description"] = meaning;
  schema.update(section.object());
  m_open->properties[std::string(name)] = std::move(schema);
  if (section.needs_something()) {
    m_open->required.emplace_back(name);
  }
}

void SchemaPrinter::on_kind(const Setting& discriminator, KindSlot& slot) {
  on_field(discriminator);
  Body::Discriminator choice;
  choice.key = discriminator.name;
  choice.default_kind = slot.name();
  for (const NamedChoice& entry : slot.entries()) {
    const auto kind = slot.create(entry.name);
    choice.alternatives.push_back({entry.name, described([&] { kind->describe(*this); })});
  }
  m_open->discriminators.push_back(std::move(choice));
}

void SchemaPrinter::on_exclusive(const std::vector<std::string>& names) { m_open->exclusive.push_back(names); }

}  // namespace ailoop
