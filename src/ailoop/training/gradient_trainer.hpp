#pragma once

#include <ailoop/training/linear_engine.hpp>
#include <ailoop/training/trainer.hpp>

#include <memory>

namespace ailoop {

/// Trains a LinearSurrogate by steps of Adam or of gradient descent, which an engine takes. The state of the optimizer
/// lies in arrays of the trainer, so that it is saved and restored without the engine.
class GradientTrainer final : public Trainer {
 public:
  /// Bytes of its arrays and of its engine's, those of LibTorch not counted.
  /// \param[in] samples most samples of a retraining
  [[nodiscard]] static double bytes(const TrainingSettings& settings, LinearSurrogate& surrogate, std::int64_t samples,
                                    std::int64_t outputs);
  /// Bytes of what `state` shows.
  [[nodiscard]] static double state_bytes(const OptimizerSettings& optimizer, Surrogate& surrogate);

  /// \param[in] surrogate must outlive the trainer
  GradientTrainer(const OptimizerSettings& optimizer, const TrainingSettings& settings, const TrainerContext& context,
                  LinearSurrogate& surrogate);
  ~GradientTrainer() override;

  TrainingReport fit(const SampleSet& samples) override;
  void state(Archive& archive) override;
  void run_state(StateArchive& archive) override;
  [[nodiscard]] std::string_view state_prefix() const override;

 private:
  struct Memory;

  [[nodiscard]] std::unique_ptr<LinearEngine> make_engine(std::int64_t outputs);
  BatchLosses run_epoch(std::int64_t epoch, const SampleSet& samples);

  OptimizerSettings m_optimizer;
  TrainingSettings m_settings;
  TrainerContext m_context;
  LinearSurrogate& m_surrogate;
  std::unique_ptr<Memory> m_memory;
  SampleSet::Order m_order;                // of the epoch
  std::unique_ptr<LinearEngine> m_engine;  // made at the first fit: LibTorch is loaded only where it is needed
  std::int64_t m_engine_steps = 0;         // steps that the engine has counted
  std::int64_t m_epochs = 0;               // epochs of this run so far: counts the orders of samples
};

}  // namespace ailoop
