// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_printer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ailoop {
namespace {

class YamlPrinter final : public Visitor {
 public:
  YamlPrinter(std::initializer_list<Affects> only) : m_only(only) {}

  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  void on_field(const Setting& setting) override {
    if (!setting.value.has_value() || std::ranges::find(m_only, setting.affects) == m_only.end()) {
      return;
    }
    const auto indent = [](std::size_t depth) { return std::string(2 * depth, ' '); };
    // A section without a setting in it would read back as null.
    for (std::size_t i = 0; i < m_unwritten.size(); ++i) {
      m_text += indent(m_depth - m_unwritten.size() + i) + m_unwritten[i] + ":\n";
    }
    m_unwritten.clear();
    m_text += indent(m_depth) + setting.name + ": " + yaml_text(*setting.value) + "\n";
  }

  void on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& body) override {
    m_unwritten.emplace_back(name);
    ++m_depth;
    body();
    --m_depth;
    if (!m_unwritten.empty()) {
      m_unwritten.pop_back();
    }
  }

  std::vector<Affects> m_only;
  std::vector<std::string> m_unwritten;  // sections around the present place that have no line yet
  std::size_t m_depth = 0;
  std::string m_text;
};

class ValueCollector final : public Visitor {
 public:
  std::map<std::string, SettingOfRun> values;

 private:
  void on_field(const Setting& setting) override {
    if (setting.value.has_value()) {
      add(path_of(setting.name), *setting.value, setting.affects);
    }
  }

  void add(const std::string& path, const SettingValue& value, Affects affects) {
    const auto* const list = std::get_if<SettingValue::List>(&value);
    if (list == nullptr) {
      values.insert_or_assign(path, SettingOfRun{value, affects});
      return;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      add(fmt::format("{}[{}]", path, i), (*list)[i], affects);
    }
  }
};

class TableMaker final : public Visitor {
 public:
  std::vector<SettingRow> rows;

 private:
  void on_field(const Setting& setting) override {
    std::string default_text;
    if (setting.presence == Presence::optional) {
      default_text = setting.value.has_value() ? yaml_text(*setting.value) : "none";
    }
    rows.push_back({setting, path_of(setting.name), m_when, std::move(default_text)});
    rows.back().set = nullptr;  // the settings may be gone before the table
  }

  void on_kind(const Setting& discriminator, KindSlot& slot) override {
    on_field(discriminator);
    const std::string outer = m_when;
    for (const NamedChoice& entry : slot.entries) {
      m_when = fmt::format("{}{}{} = {}", outer, outer.empty() ? "" : ", ", path_of(discriminator.name), entry.name);
      slot.create(entry.name)->describe(*this);
    }
    m_when = outer;
  }

  std::string m_when;
};

}  // namespace

std::string print_settings(const Described& settings, std::initializer_list<Affects> only) {
  YamlPrinter printer(only);
  settings.to(printer);
  return printer.text();
}

std::map<std::string, SettingOfRun> setting_values(const Described& settings) {
  ValueCollector collector;
  settings.to(collector);
  return std::move(collector.values);
}

std::vector<SettingRow> settings_table(const Described& settings) {
  TableMaker maker;
  settings.to(maker);
  return std::move(maker.rows);
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
                       row.meaning, allowed_text(row), to_string(row.affects),
                       row.when.empty() ? "" : "; when " + row.when);
  }
  return out;
}

}  // namespace ailoop
