#include <ailoop/app/validation.hpp>

#include <ailoop/app/model_parts.hpp>
#include <ailoop/config/setting_values.hpp>
#include <ailoop/storage/file_descriptor.hpp>

#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
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

/// Makes the model, reads the files and throws all of it away.
void check_model(const RunSettings& settings) {
  const std::unique_ptr<Problem> problem = problem_of(settings);
  const std::unique_ptr<Surrogate> surrogate = surrogate_of(settings, problem->facts());
  const std::unique_ptr<Trainer> trainer = trainer_of(settings, {std::nullopt, settings.seed}, *surrogate);
  load_initial_model(settings, {settings.problem.name, problem->facts(), *surrogate, *trainer});
  static_cast<void>(listed_queries(settings, problem->facts()));
}

}  // namespace

void check_files(const ConfigurationSource& source, const Registries& registries, FilesThere files_there) {
  RunSettings settings = read_run_settings(source, registries);
  std::vector<std::filesystem::path> inputs = {source.file};
  check_input_files(settings, inputs);
  at_setting(settings, "output.directory", [&] { RunFolder::check(settings.directory, files_there, inputs); });
}

void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there) {
  const RunSettings settings = read_run_settings(source, registries);
  check_files(source, registries, files_there);
  settings.trainer.kind->require_libraries();
  check_model(settings);
}

}  // namespace ailoop
