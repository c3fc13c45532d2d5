#include <ailoop/training/least_squares_kind.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

namespace ailoop {

namespace {

class LeastSquaresKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override { ailoop::describe(v, m_settings); }

  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    auto* const linear = dynamic_cast<LinearSurrogate*>(&surrogate);
    if (linear == nullptr) {
      throw ConfigurationError("least_squares fits surrogates that are linear in their parameters");
    }
    return std::make_unique<LeastSquaresTrainer>(m_settings, context, *linear);
  }

  [[nodiscard]] bool knows_reach() const override { return m_settings.history == FitHistory::all; }

  [[nodiscard]] double bytes(Surrogate& surrogate, std::int64_t samples, std::int64_t outputs) const override {
    const auto* const linear = dynamic_cast<const LinearSurrogate*>(&surrogate);
    return linear == nullptr ? 0.0 : LeastSquaresTrainer::bytes(*linear, samples, outputs);
  }

  [[nodiscard]] double state_bytes(Surrogate& surrogate, std::int64_t outputs) const override {
    const auto* const linear = dynamic_cast<const LinearSurrogate*>(&surrogate);
    return linear == nullptr ? 0.0 : LeastSquaresTrainer::state_bytes(m_settings, *linear, outputs);
  }

 private:
  LeastSquaresSettings m_settings;
};

}  // namespace

RegistryEntry<TrainerKind> least_squares_entry() {
  return {"least_squares",
          "the minimum of the squared errors in one step, for surrogates that are linear in their parameters",
          [] { return std::make_unique<LeastSquaresKind>(); }};
}

}  // namespace ailoop
