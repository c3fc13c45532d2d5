#pragma once

#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/share_exchange.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

/// What the gate compares, and how ranks wait for each other during a check.
struct EmulatorSettings {
  GateMode gate = GateMode::difference;
  double tolerance = 0.05;
  Waiting waiting = Waiting::yield;
};

/// The parts that an emulator works with; all must outlive it.
struct EmulatorParts {
  const Communicator& comm;
  const RoleLayout& roles;
  const Problem& problem;
  Sampler& sampler;
  Surrogate* surrogate = nullptr;  ///< on the model rank only
  Trainer* trainer = nullptr;      ///< on the model rank only
};

/// Result of a check, on the model rank.
struct CheckReport {
  Judgement judgement;
  std::span<const double> surrogate;      ///< (outputs) valid until the next check
  std::span<const double> approximation;  ///< (outputs) likewise
};

/// Result of a retraining; `training` is filled on the model rank.
struct RetrainingReport {
  std::int64_t first_sample = 0;
  std::int64_t samples = 0;
  TrainingReport training;
  SamplingTimes sampling;
  double train_s = 0.0;
};

/// Seconds that this rank spent in each phase, since the start.
struct PhaseTimes {
  double predict_s = 0.0;
  double approximate_s = 0.0;
  double wait_s = 0.0;  ///< model rank: between its own prediction and the last share
  double sample_s = 0.0;
  double gather_s = 0.0;
  double train_s = 0.0;
};

/// A surrogate that is believed only as far as the approximation confirms it, and that learns from the truth where it
/// is not. The ranks of a check (the model rank and those that approximate) call `check` together, all ranks call
/// `retrain` together.
///
/// A failure on one rank never leaves another waiting: inside a check it travels with the message that is sent anyway,
/// and the model rank's `has_failed` then tells the caller to bring all ranks to `throw_failure`.
class Emulator {
 public:
  Emulator(const EmulatorParts& parts, const EmulatorSettings& settings);

  /// Whether this rank takes part in checks.
  [[nodiscard]] bool checks() const noexcept;

  /// Predicts and approximates at x at the same time, on different ranks, and judges the prediction. To be called with
  /// the same x by every rank for which `checks()`; the result is on the model rank.
  /// \param[in] x (dimension)
  CheckReport check(std::span<const double> x);

  /// Draws fresh samples on all ranks and trains the surrogate on them. Collective.
  /// \throws AgreedError on all ranks if drawing failed on one; a failed training is told by `has_failed`
  RetrainingReport retrain();

  /// Whether a check or a training failed; on the model rank it knows of every rank.
  [[nodiscard]] bool has_failed() const noexcept { return m_failed; }

  /// Throws what failed, on all ranks. Collective.
  /// \throws AgreedError always
  [[noreturn]] void throw_failure() const;

  [[nodiscard]] const PhaseTimes& times() const noexcept { return m_times; }

 private:
  void approximate(ConstArray x);
  CheckReport judge();
  void remember_failure();

  EmulatorParts m_parts;
  EmulatorSettings m_settings;
  Execution m_execution;  // of a check: one point is too little to share among threads
  IndexRange m_shares;    // that this rank computes
  ShareExchange m_exchange;
  std::vector<double> m_surrogate_values;
  std::vector<double> m_approximation_values;
  std::int64_t m_next_sample = 0;
  PhaseTimes m_times;
  bool m_failed = false;
  std::optional<LocalFailure> m_failure;  // of this rank
};

}  // namespace ailoop
