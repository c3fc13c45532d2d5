#pragma once

#include <ailoop/training/linear_engine.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstdint>
#include <memory>
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
};

void describe(Visitor& v, TrainingSettings& settings);

/// Random permutation of 0 ... n-1, a function of (seed, epoch) alone; every permutation is equally likely.
/// Source: Fisher and Yates, in Knuth's form (The Art of Computer Programming 2, algorithm 3.4.2 P).
void shuffled_order(std::uint64_t seed, std::int64_t epoch, std::span<std::int64_t> order);

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

  TrainingReport fit(const SampleSet& samples) override;
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

  [[nodiscard]] std::unique_ptr<LinearEngine> make_engine(std::int64_t outputs);
  BatchLosses run_epoch(std::int64_t epoch, const SampleSet& samples);

  OptimizerSettings m_optimizer;
  TrainingSettings m_settings;
  TrainerContext m_context;
  LinearSurrogate& m_surrogate;
  std::vector<Trained> m_parameters;  // fc.weight, fc.bias
  std::int64_t m_steps = 0;
  SampleSet::Order m_order;                // of the epoch
  std::unique_ptr<LinearEngine> m_engine;  // made at the first fit: LibTorch is loaded only where it is needed
  std::int64_t m_engine_steps = 0;         // steps that the engine has counted
  std::int64_t m_epochs = 0;               // epochs of this run so far: counts the orders of samples
};

void describe(Visitor& v, AdamSettings& settings);
void describe(Visitor& v, SgdSettings& settings);

/// Registry entries "adam" and "sgd": optimizers for surrogates that are linear in their parameters.
[[nodiscard]] RegistryEntry<TrainerKind> adam_entry();
[[nodiscard]] RegistryEntry<TrainerKind> sgd_entry();

}  // namespace ailoop
