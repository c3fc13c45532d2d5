// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/reports.hpp>
#include <ailoop/emulator/stagnation.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/placement.hpp>
#include <ailoop/sampling/shared_truth.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/model_snapshot.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ailoop {

class RunObserver;
struct Outcome;

/// Which rows of checks a loop keeps for its observers.
enum class KeptChecks {
  none,
  not_accepted,  ///< all but those that a query's first check accepts
  all,
};

/// The parts that an emulator works with; all must outlive it.
struct EmulatorParts {
  const Communicator& comm;
  const RoleLayout& roles;
  const Problem& problem;
  const Gate& gate;
  Placement& placement;
  SharedTruth& shared_truth;
  Surrogate& surrogate;  ///< the model on the model rank; on every other rank a copy of it, up to date in evaluate
  Trainer* trainer = nullptr;  ///< on the ranks that train, of which the model rank is one
  Executions executions = {};  ///< a device only where problem, surrogate and gate run on it
};

/// A surrogate that is believed only as far as the approximation confirms it, and that learns from the truth where it
/// is not.
///
/// `evaluate` does everything and is what a simulation calls in its time step. A loop (emulator/loop.hpp) calls the
/// parts: it predicts by `surrogate`, judges by `gate`, and all ranks take part in `truth` and `retrain`.
///
/// A failure on one rank never leaves another waiting: `truth` throws it on all ranks, and after `retrain` the model
/// rank's `has_failed` tells the caller to make it known.
class Emulator {
 public:
  /// Most queries whose truth the model rank keeps for the next retraining.
  /// \param[in] samples of a retraining
  /// \param[in] batch   most queries whose truth is computed at once
  [[nodiscard]] static std::int64_t most_kept(std::int64_t samples, std::int64_t batch) { return 2 * samples + batch; }
  /// Bytes of so many, and of those of a batch on the way there.
  [[nodiscard]] static double kept_bytes(std::int64_t kept, std::int64_t batch, std::int64_t dimension,
                                         std::int64_t outputs);

  Emulator(const EmulatorParts& parts, const EmulatorSettings& settings);
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;
  ~Emulator() = default;

  /// Answers queries. Collective; each rank brings as many queries as it has, or none. Only rejected queries are asked
  /// again after a retraining. The gate decides on each; where it is inconclusive, the truth answers. The truth is
  /// computed by all ranks in even parts. Answers do not depend on how the queries, in rank order, are cut among ranks.
  /// \param[in]  queries  (n, dimension) points in the problem's box, on the host or on the device
  /// \param[out] y        (n, outputs) the answers, in the memory of the queries, as are the verdicts; NaN where the
  ///             truth failed and failures are skipped. May share its address with `queries` where a point has as many
  ///             numbers as an answer, and nothing otherwise
  /// \param[out] verdicts (n) accepted: y is the surrogate's answer; inconclusive: y is the truth; rejected: y is the
  ///             truth if `on_exhausted` says so, else the surrogate's last answer, which is not good enough. Limits
  ///             hold for one call; what they leave open is rejected, too
  /// \throws AgreedError on all ranks if anything failed on one; then nothing is known of y and verdicts
  /// \throws UsageError  if MPI does not allow this thread to call it: MPI_THREAD_FUNNELED, and not the main one
  EvaluationReport evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts);

  /// Tells observers what later calls of evaluate do, whose queries are then numbered through all calls. Before the
  /// first call.
  /// \param[in] observers on the model rank; must outlive the emulator, as must those before them
  /// \param[in] kept      which checks they are to see; the same on all ranks
  void follow(std::vector<RunObserver*> observers, KeptChecks kept);
  /// How things stand after all calls of evaluate so far; filled on the model rank. Collective.
  [[nodiscard]] Outcome outcome();
  /// All that later calls of evaluate depend on; filled on the model rank. Collective.
  /// \throws AgreedError on all ranks if an observer failed
  [[nodiscard]] SafetensorsFile saved();
  /// Goes on from what `saved` gave, before the first call of evaluate. Collective.
  /// \param[in] saved on the model rank
  /// \throws AgreedError on all ranks if it does not fit this emulator
  void go_on_from(const SafetensorsFile* saved);

  [[nodiscard]] const EmulatorSettings& settings() const noexcept { return m_settings; }
  [[nodiscard]] const Problem& problem() const noexcept { return m_parts.problem; }
  [[nodiscard]] const Gate& gate() const noexcept { return m_parts.gate; }
  /// The model on the model rank; on other ranks its copy, as of the last `update_copies`.
  [[nodiscard]] const Surrogate& surrogate() const noexcept { return m_parts.surrogate; }
  [[nodiscard]] const Executions& executions() const noexcept { return m_parts.executions; }
  [[nodiscard]] bool is_model_rank() const noexcept { return m_parts.comm.rank() == RoleLayout::model_rank; }

  /// The truth at queries, computed by all ranks in even parts; what did not fail becomes samples of the next
  /// retraining, the latest of them, at most as many as a retraining draws. Collective; each rank brings as many points
  /// as it has, or none.
  /// \param[in]  x (n, dimension)
  /// \param[out] y (n, outputs); NaN where it failed
  /// \return points of all ranks together
  /// \throws AgreedError on all ranks if it failed on one
  std::int64_t truth(ConstArray x, Array y);

  /// Likewise, to look how far off answers are: nothing is learned from it.
  void audit(ConstArray x, Array y);

  /// Draws fresh samples on all ranks and trains the surrogate on them, and on the queries whose truth became known
  /// since the last retraining. A training that diverges, or makes the mean squared error over its samples more than
  /// largest_error_growth times as large, gives back the model as it was; a second divergence in a row is a failure.
  /// Collective; a failure is told by `has_failed`.
  /// \param[in] alone on the model rank: the same, bit for bit, with samples that it draws itself. The other ranks take
  ///            no part; before they do so again they are told of `next_sample`
  RetrainingReport retrain(bool alone = false);

  /// On the model rank: whether no further retraining is expected to help any of these queries; see is_stagnation.
  [[nodiscard]] bool is_stagnation(OnStagnation mode, const Stagnation& stagnation, ConstArray x,
                                   std::span<const Excess> excesses) const {
    return ailoop::is_stagnation(mode, stagnation, *m_parts.trainer, x, excesses);
  }

  /// On the model rank: whether to retrain alone is the faster way, as far as is known.
  [[nodiscard]] bool prefers_to_retrain_alone() const { return m_parts.placement.prefers_to_draw_alone(); }
  /// What that was decided by.
  [[nodiscard]] DrawCosts draw_costs() const { return m_parts.placement.costs(); }

  /// Global index of the first sample of the next retraining.
  [[nodiscard]] std::int64_t next_sample() const noexcept { return m_next_sample; }
  void go_on_with_sample(std::int64_t index) noexcept { m_next_sample = index; }

  /// Gives all ranks a copy of the model, where they have none or an old one. Collective.
  void update_copies();

  /// Whether a retraining failed; on the model rank it knows of every rank.
  [[nodiscard]] bool has_failed() const noexcept { return m_failed; }
  /// What failed on this rank since this was last asked.
  [[nodiscard]] std::optional<LocalFailure> take_failure();

  /// On the model rank: shows everything that answers to come depend on, the model with its optimizer among it.
  void state(StateArchive& archive);

  /// Collective, after `state` filled the model rank's state: the other ranks go on with it, too.
  void share_state();

  [[nodiscard]] const PhaseTimes& times() const noexcept { return m_times; }

 private:
  class Evaluation;
  [[nodiscard]] Evaluation& evaluation();

  void train(RetrainingReport& report);
  /// On every rank that trains: the same steps, of which only the model rank knows what became.
  TrainingReport fit(const SharedSamples& samples);
  void keep_for_training(ConstArray x, ConstArray y);
  void forget_kept(std::int64_t oldest);
  /// Nothing more is said where another rank knows what failed.
  void fail(const std::optional<LocalFailure>& failure);

  EmulatorParts m_parts;
  EmulatorSettings m_settings;
  std::vector<double> m_kept_x;  // model rank: the latest queries with their truth, for the next retraining
  std::vector<double> m_kept_y;
  ModelSnapshot m_snapshot;
  std::int64_t m_divergences = 0;  // since the last training that was finite
  std::int64_t m_next_sample = 0;
  std::int64_t m_model_version = 0;    // retrainings so far, on all ranks
  std::int64_t m_copied_version = -1;  // of the copies on the other ranks
  PhaseTimes m_times;
  bool m_failed = false;
  std::optional<LocalFailure> m_failure;     // of this rank
  std::shared_ptr<Evaluation> m_evaluation;  // made by the first call of evaluate, which knows its type
};

}  // namespace ailoop
