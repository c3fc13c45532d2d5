// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/training/optimizer.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace ailoop {

/// What performs the training steps.
enum class TrainingEngine { libtorch, fused };

/// Settings of trainers that take steps along gradients.
struct TrainingSettings {
  TrainingEngine engine = TrainingEngine::libtorch;
  Loss loss = Loss::smooth_l1;
  std::int64_t batch_size = 32;
  std::int64_t epochs = 1;
  bool shuffle = true;
  TrainedBy placement = TrainedBy::automatic;
};

void describe(Visitor& v, TrainingSettings& settings);

/// Trains the network of a surrogate by steps of Adam or of gradient descent. The state of the optimizer lies in arrays
/// of the trainer, so that it is saved and restored without the optimizer.
class GradientTrainer final : public Trainer {
 public:
  /// Bytes of its arrays and of its optimizer's, those of LibTorch not counted.
  /// \param[in] samples most samples of a retraining
  [[nodiscard]] static double bytes(const TrainingSettings& settings, Surrogate& surrogate, std::int64_t samples);
  /// Bytes of what `state` shows.
  [[nodiscard]] static double state_bytes(const OptimizerSettings& optimizer, Surrogate& surrogate);

  /// \param[in] surrogate must outlive the trainer; linear in its parameters where the engine is fused
  GradientTrainer(const OptimizerSettings& optimizer, const TrainingSettings& settings, const TrainerContext& context,
                  Surrogate& surrogate);

  TrainingReport fit(const SharedSamples& samples) override;
  void share(Archive& everywhere) override;
  void state(Archive& archive) override;
  void run_state(StateArchive& archive) override;
  [[nodiscard]] std::string_view state_prefix() const override;

 private:
  using Numbers = std::variant<std::vector<float>, std::vector<double>>;

  /// A parameter with what the optimizer remembers of it: zeros before the first step, in the surrogate's precision.
  struct Trained {
    Parameter parameter;
    Numbers first_moment;
    Numbers second_moment;
  };

  [[nodiscard]] std::unique_ptr<Optimizer> make_optimizer();
  /// \param[in] epoch of this fit
  BatchLosses run_epoch(std::int64_t epoch, const SharedSamples& samples);

  OptimizerSettings m_optimizer_settings;
  TrainingSettings m_settings;
  TrainerContext m_context;
  Surrogate& m_surrogate;
  std::vector<Trained> m_parameters;
  std::int64_t m_steps = 0;
  std::vector<std::int64_t> m_order;       // of samples in the epoch
  SampleDealer m_dealer;                   // where samples are shared
  std::optional<SampleSet> m_dealt;        // those of this rank's blocks in the epoch
  std::vector<std::int64_t> m_rows;        // of them
  std::unique_ptr<Optimizer> m_optimizer;  // made at the first fit: LibTorch is loaded only where it is needed
  std::int64_t m_optimizer_steps = 0;      // that it has counted
  std::int64_t m_epochs = 0;               // of this run so far: counts the orders of samples
};

void describe(Visitor& v, AdamSettings& settings);
void describe(Visitor& v, SgdSettings& settings);

/// Registry entries "adam" and "sgd".
[[nodiscard]] RegistryEntry<TrainerKind> adam_entry();
[[nodiscard]] RegistryEntry<TrainerKind> sgd_entry();

}  // namespace ailoop
