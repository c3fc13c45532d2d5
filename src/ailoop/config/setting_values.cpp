#include <ailoop/config/setting_values.hpp>

namespace ailoop {

void SettingValues::on_field(const Setting& setting) {
  if (const auto value = setting.get()) {
    add(m_section + setting.name, *value, setting.affects);
  }
}

void SettingValues::add(const std::string& path, const SettingValue& value, Affects affects) {
  const auto* const list = std::get_if<SettingValue::List>(&value);
  if (list == nullptr) {
    m_values.insert_or_assign(path, SettingOfRun{value, affects});
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    add(path + "[" + std::to_string(i) + "]", (*list)[i], affects);
  }
}

void SettingValues::on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& body) {
  const std::string outer = m_section;
  m_section.append(name).append(".");
  body();
  m_section = outer;
}

void SettingValues::on_kind(const Setting& discriminator, KindSlot& slot) {
  on_field(discriminator);
  slot.kind()->describe(*this);
}

}  // namespace ailoop
