// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/loop.hpp>
#include <ailoop/loop/roles_layout.hpp>
#include <ailoop/loop/saved_state.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace ailoop {

/// How a run can be stopped and its state be kept; on the model rank, if nothing else is said.
struct Checkpointing {
  /// Whether somebody wants the run to stop; asked between any two actions.
  std::function<bool()> is_wanted_to_stop = [] { return false; };
  std::int64_t every = 0;  ///< retrainings from one checkpoint to the next; 0: only where the run ends; on all ranks
  std::function<void(const SavedState&)> save = [](const SavedState&) {};
};

/// What a controller works with; all must outlive it.
struct ControllerParts {
  const Communicator& comm;
  const RoleLayout& roles;
  const Problem& problem;
  const QuerySource& queries;
  Emulator& emulator;
  Messenger& messenger;                 ///< with the model rank as its root
  bool everywhere = false;              ///< the layout: every rank asks its part of each batch; else that of roles
  std::int64_t ahead = 0;               ///< of roles: most queries whose approximation is computed ahead of need
  KeptChecks kept = KeptChecks::all;    ///< which checks observers want to see; on all ranks
  AnswerStore* store = nullptr;         ///< that keeps all answers; on all ranks that ask, or none
  std::vector<RunObserver*> observers;  ///< empty on ranks other than the model rank
  Checkpointing checkpointing;
};

/// Runs the loop over the queries of a source, keeps checkpoints and tells observers how it ends.
class Controller {
 public:
  /// \param[in] start the moment from which the times of events count
  Controller(const ControllerParts& parts, const Limits& limits, std::chrono::steady_clock::time_point start);

  /// Collective: goes on from a saved state, where run() would begin.
  /// \param[in] saved   on the model rank: what `Checkpointing::save` kept of a run with the same settings
  /// \param[in] changes on the model rank: what observers are told of, with the query that follows
  /// \throws AgreedError on all ranks if the state does not fit this run
  void resume(const SavedState* saved, std::vector<SettingChange> changes = {});

  /// Collective. Every rank learns how the run ended; all else of the outcome is filled on the model rank.
  /// \throws AgreedError on all ranks if anything failed on one
  Outcome run();

 private:
  /// Does one action after the other; on the ranks that ask.
  void lead();
  void end(const Action& action);
  [[nodiscard]] Interruption interruption() const;
  /// Brings all that is to be saved to the model rank, and does there what may fail there alone.
  void on_model_rank(const std::function<void()>& work);

  void save_checkpoint();
  /// After a failure that all ranks know of: the state before the action that failed, where the files go with it.
  void save_last_checkpoint() noexcept;
  /// Tells observers of the exception at hand.
  void tell_failure() noexcept;
  [[nodiscard]] PhaseTimes longest_times() const;

  ControllerParts m_parts;
  std::chrono::steady_clock::time_point m_program_start;
  bool m_is_model_rank;
  std::unique_ptr<Layout> m_layout;
  Loop m_loop;
  std::optional<SafetensorsFile> m_before_cut;  // on the model rank
  bool m_has_been_cut = false;                  // whether there is one
  bool m_has_acted = false;
  bool m_is_over = false;  // the last checkpoint was written
};

}  // namespace ailoop
