#include <ailoop/app/validation.hpp>

#include <ailoop/output/run_folder.hpp>
#include <ailoop/storage/file_descriptor.hpp>
#include <ailoop/training/model_file.hpp>

#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

namespace {

/// Values of described settings by their dotted paths.
class SettingValues final : public Visitor {
 public:
  /// What `describe` describes to this visitor.
  template <class Describe>
  std::map<std::string, SettingValue> of(Describe&& describe) {
    m_values.clear();
    describe(*this);
    return std::move(m_values);
  }

 private:
  void on_field(const Setting& setting) override {
    if (const auto value = setting.get()) {
      m_values.emplace(m_section + setting.name, *value);
    }
  }
  void on_section(std::string_view name, std::string_view /*meaning*/, const std::function<void()>& body) override {
    const std::string outer = m_section;
    m_section.append(name).append(".");
    body();
    m_section = outer;
  }
  void on_kind(const Setting& discriminator, KindSlot& slot) override {
    on_field(discriminator);
    slot.kind()->describe(*this);
  }
  void on_exclusive(const std::vector<std::string>& /*names*/) override {}

  std::string m_section;
  std::map<std::string, SettingValue> m_values;
};

/// Every path of a configuration is that of an input file.
void check_input_files(RunSettings& settings, std::vector<std::filesystem::path>& inputs) {
  const auto values = SettingValues().of([&](Visitor& visitor) { describe(visitor, settings); });
  for (const auto& [path, value] : values) {
    const auto* file = std::get_if<std::filesystem::path>(&value);
    if (file == nullptr) {
      continue;
    }
    try {
      static_cast<void>(detail::open_regular_file(*file, std::numeric_limits<std::uint64_t>::max()));
    } catch (const InputOutputError& error) {
      throw settings.error_at(path, error.what());
    }
    inputs.push_back(*file);
  }
}

void check_initial_model(const RunSettings& settings) {
  if (!settings.initial_model) {
    return;
  }
  ModelOutline outline{settings.problem.name, settings.surrogate.name, settings.surrogate.kind->precision(), {}};
  for (const auto& [path, value] :
       SettingValues().of([&](Visitor& visitor) { settings.surrogate.kind->describe(visitor); })) {
    outline.settings.emplace(path, plain_text(value));
  }
  at_setting(settings, "surrogate.initial", [&] { check_model_file(*settings.initial_model, outline); });
}

}  // namespace

void validate(const ConfigurationSource& source, const Registries& registries, bool overwrite) {
  RunSettings settings = read_run_settings(source, registries);
  std::vector<std::filesystem::path> inputs = {source.file};
  check_input_files(settings, inputs);
  check_initial_model(settings);
  at_setting(settings, "output.directory", [&] { RunFolder::check(settings.directory, overwrite, inputs); });
}

}  // namespace ailoop
