// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/run_files.hpp>

#include <ailoop/config/settings_printer.hpp>
#include <ailoop/output/answers_file.hpp>
#include <ailoop/output/summary_file.hpp>
#include <ailoop/storage/atomic_file.hpp>

#include <algorithm>
#include <optional>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

RunFolder run_folder(FilesThere files_there, const fs::path& config_file, const RunSettings& settings) {
  std::vector<fs::path> inputs = {config_file};
  for (const auto& [key, path] : paths_of(settings)) {
    if (key != folder_key) {
      inputs.push_back(path.expanded());
    }
  }
  return at_setting(settings, folder_key, [&] {
    return RunFolder::create(settings.folder(), config_file.stem().string(), files_there, inputs);
  });
}

}  // namespace

RunFiles::RunFiles(FilesThere files_there, const fs::path& config_file, const RunSettings& settings)
    : m_folder(run_folder(files_there, config_file, settings)) {}

void RunFiles::open(const Assembly& assembly, const Recording& recording, RunStart start, bool goes_on) {
  if (const auto& initial = assembly.initial_model()) {
    start.initial_model_sha256 = initial->sha256;
  }
  // opened first, so that what is killed here is known for this run; told last of all, so that its end is true
  auto log =
      std::make_unique<EventLog>(m_folder.events(), goes_on ? std::nullopt : std::optional(start), recording.checks);
  if (recording.answers == AnswersFormat::csv) {
    add<AnswersFile>(m_folder.answers(), assembly.problem().facts(), goes_on ? FileStart::keep : FileStart::empty);
  }
  add<SummaryFile>(m_folder.summary(), std::move(start),
                   [model = m_folder.model(), &assembly] { return save_model(model, assembly.model()); });
  m_observers.push_back(std::move(log));
}

std::vector<RunObserver*> RunFiles::observers() const {
  std::vector<RunObserver*> pointers(m_observers.size());
  std::ranges::transform(m_observers, pointers.begin(), &std::unique_ptr<RunObserver>::get);
  return pointers;
}

void RunFiles::write_configuration(const RunSettings& settings) const {
  write_file_atomically(m_folder.config(),
                        print_settings(settings, {Affects::result, Affects::extent, Affects::execution}));
}

}  // namespace ailoop
