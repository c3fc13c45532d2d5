#include <ailoop/training/trainer_kinds.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/training/gradient_trainer.hpp>
#include <ailoop/training/torch_library.hpp>

#include <algorithm>
#include <limits>

namespace ailoop {

namespace {

#if defined(AILOOP_HAVE_TORCH)
constexpr const char* lacks_torch = "";
#else
constexpr const char* lacks_torch =
    "which was made with AILOOP_TORCH=OFF; `engine: fused` takes the same steps without LibTorch";
#endif

constexpr double most = 1e9;  // a number that no training survives, and that float32 holds

template <class Optimizer>
class OptimizerKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override {
    ailoop::describe(v, m_optimizer);
    ailoop::describe(v, m_settings);
  }

  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    auto* const linear = dynamic_cast<LinearSurrogate*>(&surrogate);
    if (linear == nullptr) {
      throw ConfigurationError("adam and sgd train surrogates that are linear in their parameters");
    }
    return std::make_unique<GradientTrainer>(m_optimizer, m_settings, context, *linear);
  }

  [[nodiscard]] bool takes_steps() const override { return true; }

  void require_libraries(bool load) const override {
    if (m_settings.engine != TrainingEngine::libtorch) {
      return;
    }
    load ? static_cast<void>(TorchLibrary::loaded()) : TorchLibrary::require_found();
  }

  [[nodiscard]] double bytes(Surrogate& surrogate, std::int64_t samples, std::int64_t outputs) const override {
    auto* const linear = dynamic_cast<LinearSurrogate*>(&surrogate);
    return linear == nullptr ? 0.0 : GradientTrainer::bytes(m_settings, *linear, samples, outputs);
  }

  [[nodiscard]] double state_bytes(Surrogate& surrogate, std::int64_t /*outputs*/) const override {
    return GradientTrainer::state_bytes(m_optimizer, surrogate);
  }

 private:
  Optimizer m_optimizer;
  TrainingSettings m_settings;
};

}  // namespace

void Trainer::reach(ConstArray /*x*/, std::span<const double> /*off*/, std::span<double> reach) const {
  std::ranges::fill(reach, std::numeric_limits<double>::infinity());
}

void describe(Visitor& v, AdamSettings& settings) {
  v.field("learning_rate", settings.learning_rate, strictly_between(0.0, most), Affects::result, "step size [1]");
  v.field("beta_1", settings.beta_1, half_open(0.0, 1.0), Affects::result, "decay of the mean of the gradient [1]");
  v.field("beta_2", settings.beta_2, half_open(0.0, 1.0), Affects::result,
          "decay of the mean of the squared gradient [1]");
  v.field("epsilon", settings.epsilon, strictly_between(0.0, most), Affects::result,
          "added to the root of the squared gradient's mean [1]");
}

void describe(Visitor& v, SgdSettings& settings) {
  v.field("learning_rate", settings.learning_rate, strictly_between(0.0, most), Affects::result, "step size [1]");
  v.field("momentum", settings.momentum, half_open(0.0, 1.0), Affects::result,
          "share of the previous step that is kept [1]");
}

void describe(Visitor& v, TrainingSettings& settings) {
  v.field("engine", settings.engine,
          choices<TrainingEngine>(
              {{TrainingEngine::libtorch, "libtorch", "LibTorch's autograd and optimizers", lacks_torch},
               {TrainingEngine::fused, "fused",
                "the same steps in a loop of ailoop's own: much faster for small models, and "
                "LibTorch is not loaded"}}),
          Affects::result, "what performs the training steps");
  v.field("loss", settings.loss,
          choices<Loss>({{Loss::smooth_l1, "smooth_l1", "quadratic below an error of 1, linear above"},
                         {Loss::mse, "mse", "mean of the squared errors"}}),
          Affects::result, "what training makes small, averaged over a batch");
  v.field("batch_size", settings.batch_size, between(1, 1'000'000'000), Affects::result,
          "samples of an optimizer step; the last batch of an epoch may have fewer [1]");
  v.field("epochs", settings.epochs, between(1, 1'000'000), Affects::result,
          "passes over the samples in a retraining [1]");
  v.field("shuffle", settings.shuffle, any(), Affects::result,
          "whether each epoch takes the samples in a new random order");
}

RegistryEntry<TrainerKind> adam_entry() {
  return {"adam", "Adam, for surrogates that are linear in their parameters",
          [] { return std::make_unique<OptimizerKind<AdamSettings>>(); }};
}

RegistryEntry<TrainerKind> sgd_entry() {
  return {"sgd", "stochastic gradient descent with momentum, for surrogates that are linear in their parameters",
          [] { return std::make_unique<OptimizerKind<SgdSettings>>(); }};
}

}  // namespace ailoop
