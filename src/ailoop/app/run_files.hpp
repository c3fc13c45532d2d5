// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/event_log.hpp>
#include <ailoop/output/run_folder.hpp>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace ailoop {

/// On the model rank: the folder of a run and the observers that write to it.
class RunFiles {
 public:
  /// Takes the folder.
  /// \param[in] settings with the folder in `directory`
  /// \throws ConfigurationError if the folder cannot be used
  RunFiles(FilesThere files_there, const std::filesystem::path& config_file, const RunSettings& settings);

  /// Opens the files, which go on as they are where the run does.
  /// \param[in] assembly must outlive this
  void open(const Assembly& assembly, const Recording& recording, RunStart start, bool goes_on);

  template <class Observer, class... Arguments>
  void add(Arguments&&... arguments) {
    m_observers.push_back(std::make_unique<Observer>(std::forward<Arguments>(arguments)...));
  }
  [[nodiscard]] std::vector<RunObserver*> observers() const;

  /// The configuration in use, without its own folder: fed back, it shall find another one.
  void write_configuration(const RunSettings& settings) const;

  [[nodiscard]] const RunFolder& folder() const noexcept { return m_folder; }

 private:
  RunFolder m_folder;
  std::vector<std::unique_ptr<RunObserver>> m_observers;
};

}  // namespace ailoop
