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
