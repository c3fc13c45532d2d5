// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace ailoop::test {

/// Problem of one variable on [0, 1) whose functions a test writes down as plain lambdas; host memory only.
class ScriptedProblem : public Problem {
 public:
  explicit ScriptedProblem(std::int64_t shares = 4) {
    m_facts.lower = {0.0};
    m_facts.upper = {1.0};
    m_facts.shares = shares;
  }

  std::function<double(double x, std::int64_t sample)> truth_of = [](double x, std::int64_t /*sample*/) { return x; };
  std::function<bool(double x)> fails_at = [](double /*x*/) { return false; };
  std::function<double(std::int64_t share, double x)> share_of = [](std::int64_t share, double x) {
    return share == 0 ? x : 0.0;
  };

  /// Sees each call of the truth.
  std::function<void(const TruthContext& context, std::int64_t points)> before_truth;

  /// Gives the problem a bound.
  void set_bound(std::function<double(double x)> bound) {
    m_bound_of = std::move(bound);
    m_facts.has_bound = true;
  }

  /// Whether several threads may call the functions.
  void set_thread_safe(bool thread_safe) { m_facts.thread_safe = thread_safe; }

  void set_box(double lower, double upper) {
    m_facts.lower = {lower};
    m_facts.upper = {upper};
  }

  [[nodiscard]] const Facts& facts() const override { return m_facts; }

  void truth(const TruthContext& context, ConstArray x, Array y, Statuses statuses) const override {
    if (before_truth) {
      before_truth(context, x.rows);
    }
    for (std::int64_t i = 0; i < x.rows; ++i) {
      y.data[i] = truth_of(x.data[i], context.first_sample ? *context.first_sample + i : -1);
      if (fails_at(x.data[i])) {
        statuses.data[i] = PointStatus::failed;
      }
    }
  }
  void approximation(Execution /*execution*/, std::int64_t share, ConstArray x, Array y) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      y.data[i] = share_of(share, x.data[i]);
    }
  }
  void approximation_error(Execution /*execution*/, ConstArray x, Array e) const override {
    AILOOP_REQUIRE(m_bound_of != nullptr, "ScriptedProblem has no bound");
    for (std::int64_t i = 0; i < x.rows; ++i) {
      e.data[i] = m_bound_of(x.data[i]);
    }
  }

 private:
  Facts m_facts;
  std::function<double(double x)> m_bound_of;
};

}  // namespace ailoop::test
