// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_reader.hpp>

#include <ailoop/config/nearest.hpp>
#include <ailoop/config/setting_value.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
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
};

struct Fault {
  Mark mark;
  bool is_missing = false;
  std::string path;
  std::string message;
};

/// A key that would be known with another kind.
struct KeyOfOtherKind {
  std::string key;
  std::string slot;                // the key that names the kind
  std::vector<std::string> kinds;  // those that it belongs to
  std::string chosen;              // the kind that was named; empty where the default is meant
};

/// `problem: sine or wave, not to kepler`: what a key belongs to.
std::string owners(const KeyOfOtherKind& of) {
  return fmt::format("{}: {}{}", of.slot, fmt::join(of.kinds, " or "),
                     !of.chosen.empty()     ? ", not to " + of.chosen
                     : of.kinds.size() == 1 ? "; name it"
                                            : "; name one");
}

/// The section that is being described.
struct Section {
  const Node* node = nullptr;  // its mapping; nullptr where the configuration has none
  Mark place;                  // where to say that something is missing
  std::string path;
  bool is_readable = true;  // false once its type or its kind is wrong: then other faults in it say nothing new
  std::vector<std::string> known;
  std::vector<Setting> settings;
  std::vector<std::vector<std::string>> exclusive;
  std::vector<KeyOfOtherKind> of_other_kinds;

  /// The entry of that name, unless there is none or `--set` took it back.
  [[nodiscard]] const Node::Entry* given(std::string_view name) const {
    const Node::Entry* entry = node == nullptr ? nullptr : node->find(name);
    const bool is_taken_back =
        entry != nullptr && entry->value.type == NodeType::null && entry->value.mark.is_override();
    return is_taken_back ? nullptr : entry;
  }
};

class SettingsReader final : public Visitor {
 public:
  explicit SettingsReader(const Node& root) {
    AILOOP_REQUIRE(root.type == NodeType::mapping, "read_settings: the root must be a mapping");
    m_sections.push_back({.node = &root, .place = root.mark});
  }

  void finish() {
    close_section();
    const auto is_earlier = [](const Fault& a, const Fault& b) {
      return a.is_missing != b.is_missing ? b.is_missing : stands_before(a.mark, b.mark);
    };
    const auto first = std::ranges::min_element(m_faults, is_earlier);
    if (first != m_faults.end()) {
      throw error_at(first->mark, first->path, first->message);
    }
  }

 private:
  void on_field(const Setting& setting) override {
    const Node::Entry* entry = take(setting.name);
    m_sections.back().settings.push_back(setting);
    if (entry == nullptr || (entry->value.is_written_null && can_be_null(setting))) {
      report_missing(setting);
    } else if (const auto value = value_of(setting, entry->value, path_of(setting.name))) {
      setting.set(value);
    }
  }

  void on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& body) override {
    const Node::Entry* entry = take(name);
    const Section& outer = m_sections.back();
    Section section{.place = outer.place, .path = path_of(name), .is_readable = outer.is_readable};
    if (entry != nullptr && entry->value.type == NodeType::mapping) {
      section.node = &entry->value;
      if (!entry->key_mark.is_override()) {
        section.place = entry->key_mark;
      }
    } else if (entry != nullptr) {
      report(entry->value.mark, section.path, detail::found_text(entry->value) + "; a section of settings is expected");
      section.is_readable = false;
    }
    m_sections.push_back(std::move(section));
    body();
    close_section();
  }

  void on_kind(const Setting& discriminator, KindSlot& slot) override {
    const Node::Entry* entry = take(discriminator.name);
    std::string name = slot.name;
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
    slot.choose(name).describe(*this);
    std::vector<KeyOfOtherKind>& others = m_sections.back().of_other_kinds;
    for (const NamedChoice& other : slot.entries) {
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

  void on_exclusive(const std::vector<std::string>& names) override { m_sections.back().exclusive.push_back(names); }

  /// Adds `name` to the known ones of the section and looks it up.
  const Node::Entry* take(std::string_view name) {
    Section& section = m_sections.back();
    AILOOP_REQUIRE(!contains(section.known, name), "read_settings: " + path_of(name) + " is described twice");
    section.known.emplace_back(name);
    m_paths.push_back(path_of(name));
    return section.given(name);
  }

  /// Value at `path`; nothing where a fault was reported.
  std::optional<SettingValue> value_of(const Setting& setting, const Node& node, const std::string& path) {
    if (setting.list && node.type == NodeType::sequence) {
      return list_of(setting, node, path);
    }
    auto read = detail::read_value(setting, node);
    if (auto* why = std::get_if<std::string>(&read)) {
      report(node.mark, path, std::move(*why));
      return std::nullopt;
    }
    return std::get<SettingValue>(std::move(read));
  }

  std::optional<SettingValue> list_of(const Setting& setting, const Node& node, const std::string& path) {
    const Setting element = element_of(setting);
    SettingValue::List list;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (auto value = value_of(element, node.items[i], fmt::format("{}[{}]", path, i))) {
        list.push_back(std::move(*value));
      }
    }
    if (list.size() < node.items.size()) {
      return std::nullopt;
    }
    if (const auto why = violation(setting, list)) {
      report(node.mark, path, detail::found_text(node) + " " + *why);
      return std::nullopt;
    }
    return list;
  }

  void close_section() {
    const Section section = std::move(m_sections.back());
    m_sections.pop_back();
    for (const auto& names : section.exclusive) {
      apply_exclusive(section, names);
    }
    if (section.is_readable && section.node != nullptr) {
      report_unknown_keys(section);
    }
  }

  void apply_exclusive(const Section& section, const std::vector<std::string>& names) {
    const Node::Entry* winner = nullptr;
    for (const std::string& name : names) {
      const auto described = std::ranges::find(section.settings, name, &Setting::name);
      AILOOP_REQUIRE(described != section.settings.end() && described->can_be_absent,
                     "read_settings: " + name + " must be an optional setting of its section to be exclusive");
      const Node::Entry* entry = section.given(name);
      if (entry == nullptr || entry->value.type == NodeType::null) {
        continue;
      }
      if (winner != nullptr && winner->key_mark.order == entry->key_mark.order) {
        const auto [earlier, later] = std::minmax(
            *winner, *entry, [](const auto& a, const auto& b) { return stands_before(a.key_mark, b.key_mark); });
        report(later.key_mark, path_below(section.path, later.key),
               fmt::format("given beside {} at {}; only one of {} is allowed", earlier.key, to_string(earlier.key_mark),
                           fmt::join(names, ", ")));
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

  void report_unknown_keys(const Section& section) {
    for (const Node::Entry& entry : section.node->entries) {
      if (!contains(section.known, entry.key)) {
        report(entry.key_mark, path_below(section.path, excerpt(entry.key)),
               "unknown key; " + advice_on(section, entry.key));
      }
    }
  }

  [[nodiscard]] std::string advice_on(const Section& section, const std::string& key) const {
    std::vector<std::string> of_others;
    for (const KeyOfOtherKind& of : section.of_other_kinds) {
      if (of.key == key) {
        return key + " belongs to " + owners(of);
      }
      of_others.push_back(of.key);
    }
    if (const auto nearest = nearest_name(key, section.known)) {
      return "did you mean " + *nearest + "?";
    }
    const auto is_elsewhere = [&](const std::string& path) { return path == key || path.ends_with("." + key); };
    if (const auto path = std::ranges::find_if(m_paths, is_elsewhere); path != m_paths.end()) {
      return "did you mean " + *path + "?";
    }
    if (const auto nearest = nearest_name(key, of_others)) {
      return "did you mean " + *nearest + "? It belongs to " +
             owners(*std::ranges::find(section.of_other_kinds, *nearest, &KeyOfOtherKind::key));
    }
    return section.known.empty() ? "this section has no settings"
                                 : fmt::format("allowed are {}", fmt::join(section.known, ", "));
  }

  void report_missing(const Setting& setting) {
    const Section& section = m_sections.back();
    if (setting.presence == Presence::required && section.is_readable) {
      m_faults.push_back({section.place, true, path_of(setting.name),
                          fmt::format("missing; {} is required{}{}", allowed_text(setting),
                                      setting.advice.empty() ? "" : ": ", setting.advice)});
    }
  }

  void report(const Mark& mark, std::string path, std::string message) {
    m_faults.push_back({mark, false, std::move(path), std::move(message)});
  }

  std::vector<Section> m_sections;
  std::vector<Fault> m_faults;
  std::vector<std::string> m_paths;  // of every setting that was described
};

}  // namespace

void detail::read_settings(const Node& root, const std::function<void(Visitor&)>& describe) {
  SettingsReader reader(root);
  describe(reader);
  reader.finish();
}

}  // namespace ailoop
