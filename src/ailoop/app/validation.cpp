#include <ailoop/app/validation.hpp>

#include <ailoop/config/setting_values.hpp>
#include <ailoop/storage/file_descriptor.hpp>
#include <ailoop/training/model_file.hpp>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ailoop {

namespace {

/// Every path of a configuration is that of an input file.
void check_input_files(RunSettings& settings, std::vector<std::filesystem::path>& inputs) {
  const auto values = SettingValues().of([&](Visitor& visitor) { describe(visitor, settings); });
  for (const auto& [path, setting] : values) {
    const auto* file = std::get_if<std::filesystem::path>(&setting.value);
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
  for (const auto& [path, setting] :
       SettingValues().of([&](Visitor& visitor) { settings.surrogate.kind->describe(visitor); })) {
    outline.settings.emplace(path, plain_text(setting.value));
  }
  at_setting(settings, "surrogate.initial", [&] { check_model_file(*settings.initial_model, outline); });
}

}  // namespace

void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there) {
  RunSettings settings = read_run_settings(source, registries);
  std::vector<std::filesystem::path> inputs = {source.file};
  check_input_files(settings, inputs);
  check_initial_model(settings);
  settings.trainer.kind->require_libraries();
  at_setting(settings, "output.directory", [&] { RunFolder::check(settings.directory, files_there, inputs); });
}

}  // namespace ailoop
