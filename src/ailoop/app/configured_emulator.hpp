#pragma once

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/registries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <mpi.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ailoop {

/// An emulator made from a configuration file, for simulations that call it in their time step. The settings are those
/// of the command; `queries` and `output` are not used, and of `loop` only tolerance, gate and on_exhausted. Of
/// `limits` only retrainings_per_query, of each call, and memory_bytes are kept; a configuration that sets another one
/// is told so, once, on standard error.
///
/// The caller starts and ends MPI and Kokkos; the emulator must be gone before Kokkos is. Nothing is written, and
/// nothing else is printed.
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
  ~ConfiguredEmulator() = default;

  /// See Emulator::evaluate. Collective.
  EvaluationReport evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
    return m_assembly.emulator().evaluate(queries, y, verdicts);
  }

  [[nodiscard]] const Problem& problem() const noexcept { return m_assembly.problem(); }
  [[nodiscard]] const Gate& gate() const noexcept { return m_assembly.emulator().gate(); }
  [[nodiscard]] const EmulatorSettings& settings() const noexcept { return m_assembly.emulator().settings(); }

  /// Writes the model as it is now, with the state of its optimizer, to a file that `surrogate.initial` takes.
  /// Collective; rank 0 writes.
  /// \throws AgreedError on all ranks if it cannot be written
  /// \throws UsageError  as the constructor does
  void save_model(const std::filesystem::path& path) const;

 private:
  Communicator m_comm;
  Registries m_registries;
  RunSettings m_settings;
  Assembly m_assembly;
};

}  // namespace ailoop
