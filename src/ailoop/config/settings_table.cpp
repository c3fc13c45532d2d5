#include <ailoop/config/settings_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ailoop {

std::string SettingsTable::path_of(std::string_view name) const {
  std::string path;
  for (const std::string& section : m_sections) {
    path.append(section).append(".");
  }
  return path.append(name);
}

void SettingsTable::on_field(const Setting& setting) {
  SettingRow row;
  row.path = path_of(setting.name);
  row.when = m_when;
  row.type = setting.type;
  if (setting.presence == Presence::optional) {
    const auto value = setting.get();
    row.default_text = value.has_value() ? yaml_text(*value) : "none";
  }
  row.allowed = allowed_text(setting);
  row.constraint = setting.constraint;
  row.list = setting.list;
  row.presence = setting.presence;
  row.affects = setting.affects;
  row.meaning = setting.meaning;
  m_rows.push_back(std::move(row));
}

void SettingsTable::on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& body) {
  m_sections.emplace_back(name);
  body();
  m_sections.pop_back();
}

void SettingsTable::on_kind(const Setting& discriminator, KindSlot& slot) {
  on_field(discriminator);
  const std::string outer = m_when;
  for (const NamedChoice& entry : slot.entries()) {
    m_when = fmt::format("{}{}{} = {}", outer, outer.empty() ? "" : ", ", path_of(discriminator.name), entry.name);
    slot.create(entry.name)->describe(*this);
  }
  m_when = outer;
}

void SettingsTable::on_exclusive(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto row = std::find_if(m_rows.begin(), m_rows.end(),
                                  [&](const SettingRow& candidate) { return candidate.path == path_of(name); });
    AILOOP_REQUIRE(row != m_rows.end(), "SettingsTable: " + path_of(name) + " must be described before exclusive()");
    for (const std::string& other : names) {
      if (other != name) {
        row->exclusive_with.push_back(path_of(other));
      }
    }
  }
}

std::string to_string(const std::vector<SettingRow>& rows) {
  std::size_t path_width = 0;
  std::size_t default_width = 0;
  for (const SettingRow& row : rows) {
    path_width = std::max(path_width, row.path.size());
    default_width = std::max(default_width, row.default_text.size());
  }
  std::string out;
  for (const SettingRow& row : rows) {
    out += fmt::format("{:<{}}  {:<{}}  {}; {} ({}){}\n", row.path, path_width, row.default_text, default_width,
                       row.meaning, row.allowed, to_string(row.affects), row.when.empty() ? "" : "; when " + row.when);
  }
  return out;
}

}  // namespace ailoop
