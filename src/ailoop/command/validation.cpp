// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/validation.hpp>

#include <ailoop/app/model_parts.hpp>
#include <ailoop/storage/file_descriptor.hpp>

#include <spdlog/spdlog.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace ailoop {

UnusablePaths note_unusable_paths(const RunSettings& settings) {
  UnusablePaths unusable = unusable_paths(settings);
  for (const auto& [_, error] : unusable) {
    spdlog::info("note: {}; a run needs it", error.what());
  }
  return unusable;
}

void tell_file_in_use(const std::filesystem::path& config, const ConfigurationSource& source) {
  if (source.file != config) {
    spdlog::info("using {}", source.file.string());
  }
}

void check_files(const RunSettings& settings, const std::filesystem::path& config, FilesThere files_there) {
  const UnusablePaths unusable = unusable_paths(settings);
  std::vector<std::filesystem::path> inputs = {config};
  for (const auto& [key, path] : paths_of(settings)) {
    if (key == folder_key || unusable.contains(key)) {
      continue;
    }
    inputs.push_back(path.expanded());
    try {
      static_cast<void>(detail::open_regular_file(inputs.back(), std::numeric_limits<std::uint64_t>::max()));
    } catch (const InputOutputError& error) {
      throw settings.error_at(key, error.what());
    }
  }
  if (!unusable.contains(folder_key)) {
    at_setting(settings, folder_key, [&] { RunFolder::check(settings.folder(), files_there, inputs); });
  }
}

void check_room(const RunSettings& settings, FilesThere files_there, const Recording& recording, const Facts& facts,
                std::int64_t answers) {
  const std::filesystem::path folder = settings.folder().value_or("runs");
  const auto available = available_bytes(folder);
  if (!available || files_there == FilesThere::kept) {
    return;
  }
  const std::string warning = at_setting(settings, "output.answers",
                                         [&] { return room_warning(recording, facts, answers, *available, folder); });
  if (!warning.empty()) {
    spdlog::warn("{}", warning);
  }
}

void validate(const ConfigurationSource& source, const Registries& registries, FilesThere files_there) {
  const RunSettings settings = read_run_settings(source, registries);
  const UnusablePaths unusable = note_unusable_paths(settings);
  check_files(settings, source.file, files_there);
  settings.trainer.kind->require_libraries(true);
  const ModelParts parts = model_parts(settings);
  const Facts& facts = parts.problem->facts();
  const std::unique_ptr<Trainer> trainer =
      trainer_of(settings, {Execution::calling_thread, settings.seed}, *parts.surrogate);
  if (!unusable.contains("surrogate.initial")) {
    load_initial_model(settings, {settings.problem.name, facts, *parts.surrogate, *trainer});
  }
  if (!unusable.contains("queries.path")) {
    static_cast<void>(listed_queries(settings, facts));
  }
}

}  // namespace ailoop
