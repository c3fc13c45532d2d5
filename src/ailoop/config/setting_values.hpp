#pragma once

#include <ailoop/config/visitor.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {

/// A setting that has a value.
struct SettingOfRun {
  SettingValue value;
  Affects affects = Affects::result;
};

/// Values of described settings by their dotted paths, those of lists element by element (`columns[0]`); settings
/// without a value are left out.
class SettingValues final : public Visitor {
 public:
  /// What `describe` describes to this visitor.
  template <class Describe>
  std::map<std::string, SettingOfRun> of(Describe&& describe) {
    m_values.clear();
    describe(*this);
    return std::move(m_values);
  }

 private:
  void on_field(const Setting& setting) override;
  void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) override;
  void on_kind(const Setting& discriminator, KindSlot& slot) override;
  void on_exclusive(const std::vector<std::string>& /*names*/) override {}

  void add(const std::string& path, const SettingValue& value, Affects affects);

  std::string m_section;
  std::map<std::string, SettingOfRun> m_values;
};

}  // namespace ailoop
