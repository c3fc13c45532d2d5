#include <ailoop/config/settings_reader.hpp>

#include <ailoop/config/nearest.hpp>
#include <ailoop/config/setting_value.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ailoop {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A described path whose last part is `name`; for keys that stand in the wrong section.
std::optional<std::string> path_with_key(const std::vector<std::string>& paths, std::string_view name) {
  const std::string ending = "." + std::string(name);
  const auto found = std::find_if(paths.begin(), paths.end(),
                                  [&](const std::string& path) { return path == name || path.ends_with(ending); });
  return found == paths.end() ? std::nullopt : std::optional(*found);
}

/// Collects the keys that a kind describes beside the one that names it.
class KeyCollector final : public Visitor {
 public:
  std::vector<std::string> keys;

 private:
  void on_field(const Setting& setting) override { keys.push_back(setting.name); }
  void on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& /*body*/) override {
    keys.emplace_back(name);
  }
  void on_kind(const Setting& discriminator, KindSlot& /*slot*/) override { keys.push_back(discriminator.name); }
  void on_exclusive(const std::vector<std::string>& /*names*/) override {}
};

}  // namespace

SettingsReader::SettingsReader(const Node& root) : m_root(root) {
  AILOOP_REQUIRE(root.type() == NodeType::mapping, "SettingsReader: the root must be a mapping");
}

void SettingsReader::begin() {
  m_faults.clear();
  m_paths.clear();
  m_sections.clear();
  Section& root = m_sections.emplace_back();
  root.node = &m_root;
  root.place = m_root.mark();
}

void SettingsReader::finish() {
  close_section();
  const auto is_earlier = [](const Fault& a, const Fault& b) {
    return a.is_missing != b.is_missing ? b.is_missing : stands_before(a.mark, b.mark);
  };
  const auto first = std::min_element(m_faults.begin(), m_faults.end(), is_earlier);
  if (first != m_faults.end()) {
    throw error_at(first->mark, first->path, first->message);
  }
}

void SettingsReader::close_section() {
  const Section section = std::move(m_sections.back());
  m_sections.pop_back();
  for (const auto& names : section.exclusive) {
    apply_exclusive(section, names);
  }
  if (section.is_readable && section.node != nullptr) {
    report_unknown_keys(section);
  }
}

const Node::Entry* SettingsReader::take(std::string_view name) {
  Section& section = m_sections.back();
  AILOOP_REQUIRE(!contains(section.known, name), "SettingsReader: " + path_of(name) + " is described twice");
  section.known.emplace_back(name);
  m_paths.push_back(path_of(name));
  return given(section, name);
}

const Node::Entry* SettingsReader::given(const Section& section, std::string_view name) {
  const Node::Entry* entry = section.node == nullptr ? nullptr : section.node->find(name);
  const bool is_taken_back =
      entry != nullptr && entry->value.type() == NodeType::null && entry->value.mark().is_override();
  return is_taken_back ? nullptr : entry;
}

std::optional<SettingValue> SettingsReader::value_of(const Setting& setting, const Node& node,
                                                     const std::string& path) {
  if (setting.list && node.type() == NodeType::sequence) {
    return list_of(setting, node, path);
  }
  auto read = detail::read_value(setting, node);
  if (auto* why = std::get_if<std::string>(&read)) {
    report(node.mark(), path, std::move(*why));
    return std::nullopt;
  }
  return std::get<SettingValue>(std::move(read));
}

std::optional<SettingValue> SettingsReader::list_of(const Setting& setting, const Node& node, const std::string& path) {
  const Setting element = element_of(setting);
  SettingValue::List list;
  for (std::size_t i = 0; i < node.items().size(); ++i) {
    if (auto value = value_of(element, node.items()[i], fmt::format("{}[{}]", path, i))) {
      list.push_back(std::move(*value));
    }
  }
  if (list.size() < node.items().size()) {
    return std::nullopt;
  }
  if (const auto why = violation(setting, list)) {
    report(node.mark(), path, detail::found_text(node) + " " + *why);
    return std::nullopt;
  }
  return list;
}

void SettingsReader::on_field(const Setting& setting) {
  const Node::Entry* entry = take(setting.name);
  m_sections.back().settings.push_back(setting);
  if (entry == nullptr || (entry->value.is_written_null() && can_be_null(setting))) {
    report_missing(setting);
  } else if (const auto value = value_of(setting, entry->value, path_of(setting.name))) {
    setting.set(value);
  }
}

void SettingsReader::on_section(std::string_view name, std::string_view /*meaning*/,
                                const std::function<void()>& body) {
  const Node::Entry* entry = take(name);
  Section section;
  section.place = m_sections.back().place;
  section.path = path_of(name);
  section.is_readable = m_sections.back().is_readable;
  if (entry != nullptr && entry->value.type() == NodeType::mapping) {
    section.node = &entry->value;
    if (!entry->key_mark.is_override()) {
      section.place = entry->key_mark;
    }
  } else if (entry != nullptr) {
    report(entry->value.mark(), section.path, detail::found_text(entry->value) + "; a section of settings is expected");
    section.is_readable = false;
  }
  m_sections.push_back(std::move(section));
  body();
  close_section();
}

void SettingsReader::on_kind(const Setting& discriminator, KindSlot& slot) {
  const Node::Entry* entry = take(discriminator.name);
  std::string name = slot.name();
  if (entry != nullptr) {
    const auto value = value_of(discriminator, entry->value, path_of(discriminator.name));
    name = value ? std::get<std::string>(*value) : std::string();
  } else {
    report_missing(discriminator);
  }
  if (name.empty()) {
    m_sections.back().is_readable = false;
    return;
  }
  slot.choose(name);
  slot.kind()->describe(*this);
  std::vector<KeyOfOtherKind>& others = m_sections.back().of_other_kinds;
  for (const NamedChoice& other : slot.entries()) {
    KeyCollector collector;
    slot.create(other.name)->describe(collector);
    for (const std::string& key : collector.keys) {
      const auto known = std::ranges::find_if(
          others, [&](const KeyOfOtherKind& of) { return of.key == key && of.slot == discriminator.name; });
      if (known != others.end()) {
        known->kinds.push_back(other.name);
      } else {
        others.push_back({key, discriminator.name, {other.name}, entry != nullptr ? name : std::string()});
      }
    }
  }
}

void SettingsReader::on_exclusive(const std::vector<std::string>& names) {
  m_sections.back().exclusive.push_back(names);
}

void SettingsReader::apply_exclusive(const Section& section, const std::vector<std::string>& names) {
  const Node::Entry* winner = nullptr;
  for (const std::string& name : names) {
    const auto described = std::find_if(section.settings.begin(), section.settings.end(),
                                        [&](const Setting& setting) { return setting.name == name; });
    AILOOP_REQUIRE(described != section.settings.end() && described->can_be_absent,
                   "SettingsReader: " + name + " must be an optional setting of its section to be exclusive");
    const Node::Entry* entry = given(section, name);
    if (entry == nullptr || entry->value.type() == NodeType::null) {
      continue;
    }
    if (winner != nullptr && winner->key_mark.order == entry->key_mark.order) {
      const bool is_later = stands_before(winner->key_mark, entry->key_mark);
      const Node::Entry& later = is_later ? *entry : *winner;
      const Node::Entry& earlier = is_later ? *winner : *entry;
      report(later.key_mark, section.path.empty() ? later.key : section.path + "." + later.key,
             fmt::format("given beside {} at {}; only one of {} is allowed", earlier.key, to_string(earlier.key_mark),
                         joined(names)));
      return;
    }
    if (winner == nullptr || entry->key_mark.order > winner->key_mark.order) {
      winner = entry;
    }
  }
  for (const Setting& setting : section.settings) {
    if (winner != nullptr && setting.name != winner->key && contains(names, setting.name)) {
      setting.set(std::nullopt);
    }
  }
}

void SettingsReader::report_missing(const Setting& setting) {
  const Section& section = m_sections.back();
  if (setting.presence == Presence::required && section.is_readable) {
    m_faults.push_back(
        {section.place, true, path_of(setting.name),
         "missing; " + allowed_text(setting) + " is required" + (setting.advice.empty() ? "" : ": " + setting.advice)});
  }
}

void SettingsReader::report_unknown_keys(const Section& section) {
  for (const Node::Entry& entry : section.node->entries()) {
    if (contains(section.known, entry.key)) {
      continue;
    }
    const std::string key = excerpt(entry.key);
    report(entry.key_mark, section.path.empty() ? key : section.path + "." + key,
           "unknown key; " + advice_on(section, entry.key));
  }
}

std::string SettingsReader::advice_on(const Section& section, const std::string& key) const {
  const auto belongs = [&](const KeyOfOtherKind& of) {
    return of.slot + ": " + joined(of.kinds, " or ") +
           (!of.chosen.empty()     ? ", not to " + of.chosen
            : of.kinds.size() == 1 ? "; name it"
                                   : "; name one");
  };
  std::vector<std::string> of_others;
  for (const KeyOfOtherKind& of : section.of_other_kinds) {
    if (of.key == key) {
      return key + " belongs to " + belongs(of);
    }
    of_others.push_back(of.key);
  }
  if (const auto nearest = nearest_name(key, section.known)) {
    return "did you mean " + *nearest + "?";
  }
  if (const auto elsewhere = path_with_key(m_paths, key)) {
    return "did you mean " + *elsewhere + "?";
  }
  if (const auto nearest = nearest_name(key, of_others)) {
    return "did you mean " + *nearest + "? It belongs to " +
           belongs(*std::ranges::find(section.of_other_kinds, *nearest, &KeyOfOtherKind::key));
  }
  return section.known.empty() ? "this section has no settings" : "allowed are " + joined(section.known);
}

void SettingsReader::report(const Mark& mark, std::string path, std::string message) {
  m_faults.push_back({mark, false, std::move(path), std::move(message)});
}

std::string SettingsReader::path_of(std::string_view name) const {
  const std::string& section = m_sections.back().path;
  return section.empty() ? std::string(name) : section + "." + std::string(name);
}

}  // namespace ailoop
