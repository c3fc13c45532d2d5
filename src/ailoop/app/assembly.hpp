// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/memory_check.hpp>
#include <ailoop/app/model_parts.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/messenger.hpp>
#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/placement.hpp>
#include <ailoop/sampling/shared_truth.hpp>
#include <ailoop/training/model_file.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace ailoop {

/// What a run asks, and when it ends.
struct RunQueries {
  std::unique_ptr<QuerySource> source;
  Limits limits;  ///< as asked for, with the number of queries and the answers wanted filled in
};

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

  [[nodiscard]] const Problem& problem() const noexcept { return *m_parts.problem; }
  [[nodiscard]] const RoleLayout& roles() const noexcept { return m_roles; }
  [[nodiscard]] Emulator& emulator() noexcept { return *m_emulator; }
  [[nodiscard]] const Emulator& emulator() const noexcept { return *m_emulator; }
  [[nodiscard]] const RunMemory& memory() const noexcept { return m_memory; }
  /// Shares of the approximation on the rank that has most of them.
  [[nodiscard]] std::int64_t most_shares() const;
  /// Whether every rank asks its part of a batch: where that is worth it, and where the gate needs no approximation.
  [[nodiscard]] bool asks_everywhere() const;
  /// Where it computes.
  [[nodiscard]] const Executions& executions() const noexcept { return m_executions; }
  /// Whether all ranks train.
  [[nodiscard]] bool trains_everywhere() const noexcept { return m_trains_everywhere; }
  /// Collective: rank 0 reads for all; where each rank holds them, they need memory, too.
  /// \throws AgreedError on all ranks if the queries cannot be read, do not fit the problem, or need more than
  ///         limits.memory_bytes
  [[nodiscard]] RunQueries load_queries();
  /// Between the model rank and each other one.
  [[nodiscard]] Messenger& messenger() noexcept { return *m_messenger; }

  /// Of the model that the run started from; none where it started from nothing.
  [[nodiscard]] const std::optional<LoadedModel>& initial_model() const noexcept { return m_initial_model; }
  /// On the model rank: the model as it is now.
  [[nodiscard]] TrainedModel model() const;

 private:
  /// Problem, roles and surrogate; whether they and the samples fit the settings and the machine.
  void make_problem(const NodeResources& node);
  void make_placement(std::int64_t samples, std::int64_t shared_block);
  void make_trainer(std::int64_t samples);
  /// Whether the arrays of a run with so many queries in memory, and answers wanted, are allowed.
  void check_memory(std::int64_t listed, std::int64_t answers_wanted);

  const Communicator& m_comm;
  const RunSettings& m_settings;
  ModelParts m_parts;
  Executions m_executions;
  RoleLayout m_roles;
  RunMemory m_memory;
  std::unique_ptr<Messenger> m_messenger;
  std::unique_ptr<Placement> m_placement;
  std::unique_ptr<SharedTruth> m_shared_truth;
  std::unique_ptr<Trainer> m_trainer;  // on the ranks that train
  bool m_trains_everywhere = false;
  std::optional<LoadedModel> m_initial_model;
  std::unique_ptr<Emulator> m_emulator;
};

}  // namespace ailoop
