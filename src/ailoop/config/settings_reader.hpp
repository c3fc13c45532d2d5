#pragma once

#include <ailoop/config/node.hpp>
#include <ailoop/config/visitor.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {

/// Fills described settings from a configuration. What the configuration does not name keeps its default.
///
/// All that is wrong is collected, and the first of it is thrown: the file from top to bottom, then each `--set`, then
/// what is missing.
class SettingsReader final : public Visitor {
 public:
  /// \param root a mapping, as load_yaml() returns it; outlives the reader
  explicit SettingsReader(const Node& root);

  /// \throws ConfigurationError for unknown keys, wrong types, values out of range, and required keys that are missing;
  ///         `settings` is then partly filled
  template <class S>
  void read(S& settings) {
    begin();
    fields_of(settings);
    finish();
  }

 private:
  struct Fault {
    Mark mark;
    bool is_missing = false;
    std::string path;
    std::string message;
  };

  /// A key that would be known with another kind.
  struct KeyOfOtherKind {
    std::string key;
    std::string slot;                ///< the key that names the kind
    std::vector<std::string> kinds;  ///< those that it belongs to
    std::string chosen;              ///< the kind that was named; empty where the default is meant
  };

  /// The section that is being described.
  struct Section {
    const Node* node = nullptr;  ///< its mapping; nullptr where the configuration has none
    Mark place;                  ///< where to say that something is missing
    std::string path;
    bool is_readable = true;  ///< false once its type or its kind is wrong: then other faults in it say nothing new
    std::vector<std::string> known;
    std::vector<Setting> settings;
    std::vector<std::vector<std::string>> exclusive;
    std::vector<KeyOfOtherKind> of_other_kinds;
  };

  void on_field(const Setting& setting) override;
  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override;
  void on_kind(const Setting& discriminator, KindSlot& slot) override;
  void on_exclusive(const std::vector<std::string>& names) override;

  void begin();
  void finish();
  void close_section();

  /// Adds `name` to the known ones of the section and looks it up.
  const Node::Entry* take(std::string_view name);
  /// The entry of that name, unless there is none or `--set` took it back.
  static const Node::Entry* given(const Section& section, std::string_view name);
  /// Value at `path`; nothing where a fault was reported.
  std::optional<SettingValue> value_of(const Setting& setting, const Node& node, const std::string& path);
  std::optional<SettingValue> list_of(const Setting& setting, const Node& node, const std::string& path);
  void report_missing(const Setting& setting);
  void report_unknown_keys(const Section& section);
  [[nodiscard]] std::string advice_on(const Section& section, const std::string& key) const;
  void apply_exclusive(const Section& section, const std::vector<std::string>& names);
  void report(const Mark& mark, std::string path, std::string message);
  [[nodiscard]] std::string path_of(std::string_view name) const;

  const Node& m_root;
  std::vector<Section> m_sections;
  std::vector<Fault> m_faults;
  std::vector<std::string> m_paths;  ///< of every setting that was described
};

/// Reads settings that start from their defaults. \throws ConfigurationError as SettingsReader::read
template <class S>
[[nodiscard]] S read_settings(const Node& root) {
  S settings{};
  SettingsReader(root).read(settings);
  return settings;
}

}  // namespace ailoop
