// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/core/array.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/reports.hpp>
#include <ailoop/problem/problem.hpp>

#include <mpi.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ailoop {

class RunObserver;

/// An emulator made from a configuration file, for simulations that call it in their time step. The settings are those
/// of the command, of which `queries`, `loop.accepted` and `ranks.layout` are not used. `limits` hold for each call of
/// `evaluate`.
///
/// Where the configuration names `output.directory`, the folder gets run.jsonl, config.yaml and at the end summary.json
/// and model.safetensors, as that of a run, for ailoop-report and others; `auto` of `output.checks` and
/// `output.answers` is not_accepted and none. Otherwise nothing is written. Nothing is printed.
///
/// The caller starts and ends MPI and Kokkos; the emulator must be gone before Kokkos is.
class ConfiguredEmulator {
 public:
  /// Collective. Rank 0 of `comm` reads the file for all.
  /// \param[in] comm       duplicated, so that no message meets one of the caller's
  /// \param[in] config     YAML file
  /// \param[in] registries what `problem.name` and the like can choose from
  /// \param[in] overrides  KEY=VALUE, as --set takes them
  /// \throws UsageError  if MPI or Kokkos is not initialized, `comm` is MPI_COMM_NULL, or MPI does not allow this
  ///                     thread to call it (MPI_THREAD_FUNNELED in another thread than the main one)
  /// \throws AgreedError on all ranks if the configuration is wrong; its message names the place
  ConfiguredEmulator(MPI_Comm comm, const std::filesystem::path& config, Registries registries = builtin_registries(),
                     const std::vector<std::string>& overrides = {});
  ConfiguredEmulator(const ConfiguredEmulator&) = delete;
  ConfiguredEmulator& operator=(const ConfiguredEmulator&) = delete;
  /// Collective, unless an exception is under way: `finish`, of whose failures nobody is told.
  ~ConfiguredEmulator();

  /// See Emulator::evaluate. Collective. The first call takes the folder of the records.
  /// \throws AgreedError on all ranks, and as Emulator::evaluate does
  EvaluationReport evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts);

  /// Told of what `evaluate` does; on rank 0, where checks and retrainings of all ranks come together. Before the first
  /// call of evaluate; must outlive the emulator.
  void add_observer(RunObserver& observer);

  /// Writes all that later calls of `evaluate` depend on, model, optimizer, counts and the lengths of the records, to
  /// FOLDER/checkpoint, of which the last two states are kept. Collective; rank 0 writes.
  /// \throws AgreedError on all ranks if it cannot be written, or if the folder holds a checkpoint of something else
  void save(const std::filesystem::path& folder);

  /// Goes on, bit for bit, from the newest state in FOLDER/checkpoint, before the first call of `evaluate`; records are
  /// cut back to what they were. Collective; rank 0 reads.
  /// \throws AgreedError on all ranks if there is none, or it was saved by something else or with other settings that
  ///         answers depend on
  void resume(const std::filesystem::path& folder);

  /// Ends the records with the summary and the model; afterwards only the model can be saved. Collective.
  /// \throws AgreedError on all ranks if they cannot be written
  void finish();

  [[nodiscard]] const Problem& problem() const noexcept;
  [[nodiscard]] const Gate& gate() const noexcept;
  [[nodiscard]] const EmulatorSettings& settings() const noexcept;

  /// Writes the model as it is now, with the state of its optimizer, to a file that `surrogate.initial` takes.
  /// Collective; rank 0 writes.
  /// \throws AgreedError on all ranks if it cannot be written
  /// \throws UsageError  as the constructor does
  void save_model(const std::filesystem::path& path) const;

 private:
  class Run;
  std::unique_ptr<Run> m_run;
};

}  // namespace ailoop
