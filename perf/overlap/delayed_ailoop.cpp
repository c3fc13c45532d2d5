// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/run_program.hpp>
#include <ailoop/config/visitor.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>

#include <chrono>
#include <memory>
#include <thread>

namespace ailoop {
namespace {

void sleep_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

void describe_delay(Visitor& v, double& delay_s) {
  v.field("delay_s", delay_s, between(0.0, 60.0), Affects::execution, "time that each evaluation takes [s]");
}

/// The sine whose approximation takes its time, once for each rank and check.
class DelayedSine final : public Problem {
 public:
  explicit DelayedSine(double delay_s) : m_sine(SineSettings{}), m_delay_s(delay_s) {}

  [[nodiscard]] const Facts& facts() const override { return m_sine.facts(); }
  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override {
    m_sine.truth(context, x, y, statuses);
  }
  void approximation(Execution execution, std::int64_t share, ConstArray x, Array y) const override {
    sleep_for(m_delay_s);
    m_sine.approximation(execution, share, x, y);
  }
  void approximation_error(Execution execution, ConstArray x, Array e) const override {
    m_sine.approximation_error(execution, x, e);
  }

 private:
  SineProblem m_sine;
  double m_delay_s;
};

class DelayedSineKind final : public ProblemKind {
 public:
  void describe(Visitor& v) override { describe_delay(v, m_delay_s); }
  [[nodiscard]] std::unique_ptr<Problem> make() const override { return std::make_unique<DelayedSine>(m_delay_s); }

 private:
  double m_delay_s = 0.05;
};

/// The polynomial whose prediction takes its time.
class DelayedPolynomial final : public LinearSurrogate {
 public:
  DelayedPolynomial(std::unique_ptr<LinearSurrogate> polynomial, double delay_s)
      : m_polynomial(std::move(polynomial)), m_delay_s(delay_s) {}

  [[nodiscard]] const Network& network() const override { return m_polynomial->network(); }
  void predict(Execution execution, ConstArray x, Array y) const override {
    sleep_for(m_delay_s);
    m_polynomial->predict(execution, x, y);
  }
  void feature_rows(Execution execution, const Block& points, std::span<const std::int64_t> order,
                    const Block& phi) const override {
    m_polynomial->feature_rows(execution, points, order, phi);
  }
  [[nodiscard]] std::vector<Parameter> parameters() override { return m_polynomial->parameters(); }
  [[nodiscard]] std::map<std::string, std::string> description() const override { return m_polynomial->description(); }

 private:
  std::unique_ptr<LinearSurrogate> m_polynomial;
  double m_delay_s;
};

class DelayedPolynomialKind final : public SurrogateKind {
 public:
  void describe(Visitor& v) override { describe_delay(v, m_delay_s); }
  [[nodiscard]] std::unique_ptr<Surrogate> make(const Facts& facts) const override {
    return std::make_unique<DelayedPolynomial>(make_polynomial({}, facts), m_delay_s);
  }
  [[nodiscard]] Precision precision() const override { return Precision::float32; }

 private:
  double m_delay_s = 0.05;
};

Registries registries_with_delays() {
  Registries registries = builtin_registries();
  registries.problems.add(
      {"delayed_sine", "the sine with a slow approximation", [] { return std::make_unique<DelayedSineKind>(); }});
  registries.surrogates.add({"delayed_polynomial", "a polynomial of degree 5 with a slow prediction",
                             [] { return std::make_unique<DelayedPolynomialKind>(); }});
  return registries;
}

}  // namespace
}  // namespace ailoop

int main(int argc, char** argv) { return ailoop::run_program(argc, argv, ailoop::registries_with_delays()); }
