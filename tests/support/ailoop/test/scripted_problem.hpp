#pragma once

#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace ailoop::test {

/// Problem of one variable on [0, 1) whose functions a test writes down as plain lambdas; host memory only.
class ScriptedProblem final : public Problem {
 public:
  explicit ScriptedProblem(std::int64_t shares = 4) {
    m_facts.lower = {0.0};
    m_facts.upper = {1.0};
    m_facts.shares = shares;
  }

  std::function<double(double x, std::int64_t sample)> truth_of = [](double x, std::int64_t /*sample*/) { return x; };
  std::function<double(std::int64_t share, double x)> share_of = [](std::int64_t share, double x) {
    return share == 0 ? x : 0.0;
  };

  [[nodiscard]] const Facts& facts() const override { return m_facts; }

  void truth(const TruthContext& context, ConstArray x, Array y, Statuses /*statuses*/) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      y.data[i] = truth_of(x.data[i], context.first_sample.value_or(-1) + i);
    }
  }
  void approximation(const Execution& /*execution*/, std::int64_t share, ConstArray x, Array y) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      y.data[i] = share_of(share, x.data[i]);
    }
  }
  void approximation_error(const Execution& /*execution*/, ConstArray /*x*/, Array /*e*/) const override {
    throw UsageError("ScriptedProblem has no bound");
  }

 private:
  Facts m_facts;
};

}  // namespace ailoop::test
