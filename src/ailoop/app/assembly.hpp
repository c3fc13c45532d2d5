#pragma once

#include <ailoop/app/memory_check.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/sampling/shared_truth.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/model_file.hpp>
#include <ailoop/training/trainer.hpp>

#include <memory>
#include <optional>

namespace ailoop {

/// The emulator of one run on one rank and what it consists of, made from the settings. Kokkos must be initialized, and
/// outlive it.
class Assembly {
 public:
  /// Collective. Reads the initial model; writes nothing.
  /// \param[in] comm must outlive the assembly, as must `settings`
  /// \throws AgreedError on all ranks if the settings do not fit together or the model cannot be loaded
  Assembly(const Communicator& comm, const NodeResources& node, const RunSettings& settings);
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;
  ~Assembly() = default;

  [[nodiscard]] const Problem& problem() const noexcept { return *m_problem; }
  [[nodiscard]] const RoleLayout& roles() const noexcept { return m_roles; }
  [[nodiscard]] Emulator& emulator() noexcept { return *m_emulator; }
  [[nodiscard]] const Emulator& emulator() const noexcept { return *m_emulator; }
  [[nodiscard]] const RunMemory& memory() const noexcept { return m_memory; }
  /// Collective: queries that each rank holds, read after the rest was assembled, need memory, too.
  /// \throws AgreedError on all ranks if that is more than limits.memory_bytes
  void add_listed_queries(const Communicator& comm, const RunSettings& settings, std::int64_t count);
  /// Between the model rank and each other one.
  [[nodiscard]] Messenger& messenger() noexcept { return *m_messenger; }

  /// Of the model that the run started from; none where it started from nothing.
  [[nodiscard]] const std::optional<LoadedModel>& initial_model() const noexcept { return m_initial_model; }
  /// On the model rank: the model as it is now.
  [[nodiscard]] TrainedModel model() const;

 private:
  /// Problem, roles and surrogate; whether they and the samples fit the settings and the machine.
  void make_problem(const Communicator& comm, const NodeResources& node, const RunSettings& settings);
  void make_trainer(const RunSettings& settings);
  [[nodiscard]] RunSizes sizes(int ranks, const RunSettings& settings, std::optional<std::int64_t> listed) const;

  std::string m_problem_name;
  std::unique_ptr<Problem> m_problem;
  std::unique_ptr<Gate> m_gate;
  RoleLayout m_roles;
  RunMemory m_memory;
  std::unique_ptr<Messenger> m_messenger;
  std::unique_ptr<Sampler> m_sampler;
  std::unique_ptr<SharedTruth> m_shared_truth;
  std::unique_ptr<Surrogate> m_surrogate;
  std::unique_ptr<Trainer> m_trainer;  // on the model rank
  std::optional<LoadedModel> m_initial_model;
  std::unique_ptr<Emulator> m_emulator;
};

}  // namespace ailoop
