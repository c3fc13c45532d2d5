#pragma once

#include <ailoop/training/trainer.hpp>

#include <optional>

namespace ailoop {

/// Trains a LinearSurrogate with LibTorch. LibTorch is loaded at the first fit; the state of the optimizer lies in
/// ailoop's own arrays, so that it is saved and restored without it.
class TorchTrainer final : public Trainer {
 public:
  /// \param[in] surrogate must outlive the trainer
  TorchTrainer(const OptimizerSettings& optimizer, const TrainingSettings& settings, const TrainerContext& context,
               LinearSurrogate& surrogate);
  ~TorchTrainer() override;

  TrainingReport fit(const SampleSet& samples) override;
  void state(Archive& archive) override;
  void run_state(StateArchive& archive) override;
  [[nodiscard]] std::string_view state_prefix() const override;

  /// Calls `watcher` with what LibTorch sees of each batch, from the next fit on.
  void watch(std::function<void(const BatchSeen&)> watcher);

 private:
  struct Memory;
  class Batches;

  [[nodiscard]] LinearTraining training(std::int64_t outputs);
  BatchLosses run_epoch(const SampleSet& samples);
  /// \throws DivergenceError unless the loss and all parameters are finite and the loss has not grown too much
  void require_convergence(double loss) const;

  OptimizerSettings m_optimizer;
  TrainingSettings m_settings;
  TrainerContext m_context;
  LinearSurrogate& m_surrogate;
  std::unique_ptr<Memory> m_memory;
  std::unique_ptr<Batches> m_batches;  // allocated at the first fit, reused while the number of samples stays
  std::unique_ptr<TorchEngine> m_engine;
  std::function<void(const BatchSeen&)> m_watcher;
  std::int64_t m_engine_steps = 0;        // steps that the engine has counted
  std::optional<double> m_loss_at_start;  // of the first batch of the run, or what rounding leaves if that is more
  std::int64_t m_epochs = 0;              // epochs of this run so far: counts the orders of samples
};

}  // namespace ailoop
