#pragma once

#include <ailoop/config/visitor.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// One setting of a program, for people and for schemas.
struct SettingRow {
  std::string path;  ///< dotted
  std::string when;  ///< `problem.name = sine` for a setting of one kind; empty for all others
  SettingType type = SettingType::boolean;
  std::string default_text;  ///< as YAML; `none` for an optional without a value, empty for a required setting
  std::string allowed;       ///< in words
  Constraint constraint;
  std::optional<ListShape> list;  ///< of a list: type and constraint are those of its elements
  Presence presence = Presence::optional;
  Affects affects = Affects::result;
  std::string meaning;
  std::vector<std::string> exclusive_with;  ///< paths that cannot be given beside this one
};

/// Lists what a description describes, with every kind that its registries hold.
class SettingsTable final : public Visitor {
 public:
  /// Rows in the order of the description; `settings` are the defaults.
  template <class S>
  [[nodiscard]] std::vector<SettingRow> rows(const S& settings = S{}) {
    m_rows.clear();
    // Descriptions take what they describe as mutable, for readers; a table calls no setter.
    fields_of(const_cast<S&>(settings));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return m_rows;
  }

 private:
  void on_field(const Setting& setting) override;
  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override;
  void on_kind(const Setting& discriminator, KindSlot& slot) override;
  void on_exclusive(const std::vector<std::string>& names) override;

  [[nodiscard]] std::string path_of(std::string_view name) const;

  std::vector<std::string> m_sections;
  std::string m_when;
  std::vector<SettingRow> m_rows;
};

/// Rows of settings with their defaults.
template <class S>
[[nodiscard]] std::vector<SettingRow> settings_table() {
  return SettingsTable().template rows<S>();
}

/// The table as aligned text: a line a setting with path, default, what is allowed, what it affects and its meaning.
[[nodiscard]] std::string to_string(const std::vector<SettingRow>& rows);

}  // namespace ailoop
