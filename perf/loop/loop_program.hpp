// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/mpi_session.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace ailoop::perf {

/// What every program here is told: a configuration as for the command, without its output.
struct LoopOptions {
  std::string config;
  std::vector<std::string> overrides;
};

/// What `measure` of run_loop_program works with.
struct LoopWorld {
  const Communicator& comm;
  const NodeResources& node;
  const Registries& registries;
  const LoopOptions& options;

  /// The settings, `overrides` applied after those of the command line. Collective.
  [[nodiscard]] RunSettings settings(const std::vector<std::string>& overrides) const;
  [[nodiscard]] bool is_model_rank() const { return comm.rank() == RoleLayout::model_rank; }
};

/// The loop of one configuration on all ranks, again and again with the model as the last one left it.
class RepeatedLoop {
 public:
  /// Collective.
  RepeatedLoop(const LoopWorld& world, const std::vector<std::string>& overrides);

  [[nodiscard]] Outcome run(const std::vector<RunObserver*>& observers = {});

  [[nodiscard]] const RunSettings& settings() const noexcept { return m_settings; }
  [[nodiscard]] Assembly& assembly() noexcept { return m_assembly; }
  [[nodiscard]] const RunQueries& queries() const noexcept { return m_queries; }

 private:
  const LoopWorld& m_world;
  RunSettings m_settings;
  Assembly m_assembly;
  RunQueries m_queries;
};

/// Keeps how long the retrainings took, each in the sequence in which they came.
class RetrainingTimes final : public RunObserver {
 public:
  void retrained(const RetrainingRecord& retraining, const Tally& tally) override;

  std::vector<double> exchange_s;  ///< all but training: decision, samples, gathering
  std::vector<double> train_s;
};

/// main of a program: starts MPI and Kokkos, calls `measure`, and prints its JSON on the model rank.
/// \param[in] describe   adds options of its own
/// \param[in] registries what configurations can name
int run_loop_program(int argc, char** argv, const std::string& name, const std::function<void(CLI::App&)>& describe,
                     const std::function<nlohmann::json(const LoopWorld&)>& measure,
                     const Registries& registries = builtin_registries());

/// Median; 0 of nothing.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace ailoop::perf
