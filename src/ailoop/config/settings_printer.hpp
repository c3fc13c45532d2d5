#pragma once

#include <ailoop/config/visitor.hpp>

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Writes described settings as YAML that reads back to the same settings, bit by bit: one key a line, in the order of
/// the description, numbers shortest, paths as they are held. Settings without a value are left out.
class SettingsPrinter final : public Visitor {
 public:
  /// Restricts the text to the settings that affect one of these; with Affects::result alone it is what a
  /// configuration's hash is made of.
  SettingsPrinter& only_affecting(std::initializer_list<Affects> affects);

  /// \throws ConfigurationError for text that YAML cannot hold (not UTF-8)
  /// \throws UsageError for a number that is not finite
  template <class S>
  [[nodiscard]] std::string print(const S& settings) {
    m_text.clear();
    // Descriptions take what they describe as mutable, for readers; a printer calls no setter.
    fields_of(const_cast<S&>(settings));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return m_text;
  }

 private:
  void on_field(const Setting& setting) override;
  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override;
  void on_kind(const Setting& discriminator, KindSlot& slot) override;
  void on_exclusive(const std::vector<std::string>& /*names*/) override {}

  std::vector<Affects> m_only = {Affects::result, Affects::extent, Affects::execution, Affects::output};
  std::vector<std::string> m_unwritten;  ///< sections around the present place that have no line yet
  std::size_t m_depth = 0;
  std::string m_text;
};

/// Every setting, as `--print-config` shows it.
template <class S>
[[nodiscard]] std::string print_settings(const S& settings) {
  return SettingsPrinter().print(settings);
}

}  // namespace ailoop
