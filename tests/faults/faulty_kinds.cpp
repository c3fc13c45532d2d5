// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/gradient_trainer.hpp>

#include "fault.hpp"
#include "faulty_kinds.hpp"

#include <limits>
#include <memory>

namespace ailoop {
namespace {

using test::Phase;

/// Whether a trainer is at work: what it predicts belongs to Phase::training.
bool is_training = false;

void spoil_if(bool is_faulty, Array y) {
  if (is_faulty && y.rows > 0) {
    y.data[0] = std::numeric_limits<double>::quiet_NaN();
  }
}

class FaultySine final : public Problem {
 public:
  FaultySine() : m_sine(SineSettings{}), m_facts(m_sine.facts()) {
    m_facts.free_reference = false;  // the truth is only computed where it decides or trains
    static_cast<void>(test::fault_point(Phase::start));
  }

  [[nodiscard]] const Facts& facts() const override { return m_facts; }
  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override {
    const bool faulty = test::fault_point(context.first_sample ? Phase::sampling : Phase::truth_of_queries);
    m_sine.truth(context, x, y, statuses);
    spoil_if(faulty, y);
  }
  void approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const override {
    const bool faulty = test::fault_point(Phase::approximating);
    m_sine.approximation(execution, share, x, y);
    spoil_if(faulty, y);
  }
  void approximation_error(Execution execution, ConstArray x, Array e) const override {
    const bool faulty = test::fault_point(Phase::bounding);
    m_sine.approximation_error(execution, x, e);
    spoil_if(faulty, e);
  }

 private:
  SineProblem m_sine;
  Facts m_facts;
};

class FaultyPolynomial final : public LinearSurrogate {
 public:
  explicit FaultyPolynomial(const Facts& facts) : m_polynomial(make_polynomial({}, facts)) {}

  [[nodiscard]] const Network& network() const override { return m_polynomial->network(); }
  void predict(Execution execution, ConstArray x, Array y) const override {
    const bool faulty = !is_training && test::fault_point(Phase::predicting);
    m_polynomial->predict(execution, x, y);
    spoil_if(faulty, y);
  }
  void feature_rows(Execution execution, const Block& points, std::span<const std::int64_t> order,
                    const Block& phi) const override {
    m_polynomial->feature_rows(execution, points, order, phi);
  }
  [[nodiscard]] std::vector<Parameter> parameters() override { return m_polynomial->parameters(); }
  [[nodiscard]] std::map<std::string, std::string> description() const override { return m_polynomial->description(); }

 private:
  std::unique_ptr<LinearSurrogate> m_polynomial;
};

class FaultyAdam final : public Trainer {
 public:
  FaultyAdam(const TrainingSettings& settings, const TrainerContext& context, Surrogate& surrogate)
      : m_surrogate(surrogate), m_adam(AdamSettings{}, settings, context, surrogate) {}

  TrainingReport fit(const SharedSamples& samples) override {
    if (test::fault_point(Phase::training)) {
      std::get<std::span<float>>(m_surrogate.parameters()[0].values)[0] = std::numeric_limits<float>::quiet_NaN();
    }
    is_training = true;
    const TrainingReport report = m_adam.fit(samples);
    is_training = false;
    return report;
  }
  void share(Archive& everywhere) override { m_adam.share(everywhere); }
  void state(Archive& archive) override { m_adam.state(archive); }
  void run_state(StateArchive& archive) override { m_adam.run_state(archive); }
  [[nodiscard]] std::string_view state_prefix() const override { return m_adam.state_prefix(); }

 private:
  Surrogate& m_surrogate;
  GradientTrainer m_adam;
};

class FaultySineKind final : public ProblemKind {
 public:
  [[nodiscard]] std::unique_ptr<Problem> make() const override { return std::make_unique<FaultySine>(); }
};

class FaultyPolynomialKind final : public SurrogateKind {
 public:
  [[nodiscard]] std::unique_ptr<Surrogate> make(const Facts& facts) const override {
    return std::make_unique<FaultyPolynomial>(facts);
  }
  [[nodiscard]] Precision precision() const override { return Precision::float32; }
};

class FaultyAdamKind final : public TrainerKind {
 public:
  void describe(Visitor& v) override { ailoop::describe(v, m_settings); }
  [[nodiscard]] std::unique_ptr<Trainer> make(const TrainerContext& context, Surrogate& surrogate) const override {
    return std::make_unique<FaultyAdam>(m_settings, context, surrogate);
  }

 private:
  TrainingSettings m_settings;
};

template <class KindType>
auto entry(const char* name) {
  return [name](auto& registry) {
    registry.add({name, "fails where AILOOP_FAULT says", [] { return std::make_unique<KindType>(); }});
  };
}

}  // namespace

Registries test::faulty_registries() {
  Registries registries = builtin_registries();
  entry<FaultySineKind>("faulty_sine")(registries.problems);
  entry<FaultyPolynomialKind>("faulty_polynomial")(registries.surrogates);
  entry<FaultyAdamKind>("faulty_adam")(registries.trainers);
  return registries;
}

}  // namespace ailoop
