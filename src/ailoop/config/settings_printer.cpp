#include <ailoop/config/settings_printer.hpp>

#include <algorithm>
#include <memory>

namespace ailoop {

SettingsPrinter& SettingsPrinter::only_affecting(std::initializer_list<Affects> affects) {
  m_only = affects;
  return *this;
}

void SettingsPrinter::on_field(const Setting& setting) {
  const auto value = setting.get();
  if (!value.has_value() || std::ranges::find(m_only, setting.affects) == m_only.end()) {
    return;
  }
  const auto indent = [](std::size_t depth) { return std::string(2 * depth, ' '); };
  // A section without a setting in it would read back as null.
  for (std::size_t i = 0; i < m_unwritten.size(); ++i) {
    m_text += indent(m_depth - m_unwritten.size() + i) + m_unwritten[i] + ":\n";
  }
  m_unwritten.clear();
  m_text += indent(m_depth) + setting.name + ": " + yaml_text(*value) + "\n";
}

void SettingsPrinter::on_section(std::string_view name, std::string_view /*meaning*/,
                                 const std::function<void()>& body) {
  m_unwritten.emplace_back(name);
  ++m_depth;
  body();
  --m_depth;
  if (!m_unwritten.empty()) {
    m_unwritten.pop_back();
  }
}

void SettingsPrinter::on_kind(const Setting& discriminator, KindSlot& slot) {
  on_field(discriminator);
  if (slot.kind() != nullptr) {
    slot.kind()->describe(*this);
  } else if (!slot.name().empty()) {
    slot.create(slot.name())->describe(*this);
  }
}

}  // namespace ailoop
