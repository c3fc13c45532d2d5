#include <ailoop/config/setting_values.hpp>

namespace ailoop {

void SettingValues::on_field(const Setting& setting) {
  if (const auto value = setting.get()) {
    m_values.insert_or_assign(m_section + setting.name, SettingOfRun{*value, setting.affects});
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
