// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/training/optimizer.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace ailoop::test {

/// Training of y = W phi + b for one output, written down step by step in double precision: what LibTorch is compared
/// with. Sources: Kingma and Ba, arXiv:1412.6980, algorithm 1 (Adam); Sutskever et al., ICML 2013 (momentum).
class ReferenceTraining {
 public:
  ReferenceTraining(std::size_t n_features, Loss loss, OptimizerSettings optimizer)
      : parameters(n_features + 1),
        first(n_features + 1),
        second(n_features + 1),
        m_loss(loss),
        m_optimizer(optimizer) {}

  /// One step on a batch; `features` is (rows, n_features).
  void step(std::span<const double> features, std::span<const double> targets) {
    const std::size_t n_features = parameters.size() - 1;
    const std::size_t rows = targets.size();
    std::vector<double> gradient(parameters.size());
    for (std::size_t i = 0; i < rows; ++i) {
      double predicted = parameters[n_features];
      for (std::size_t k = 0; k < n_features; ++k) {
        predicted += parameters[k] * features[i * n_features + k];
      }
      const double slope = loss_slope(predicted - targets[i]) / static_cast<double>(rows);
      for (std::size_t k = 0; k < n_features; ++k) {
        gradient[k] += slope * features[i * n_features + k];
      }
      gradient[n_features] += slope;
    }
    ++steps;
    std::visit([&](const auto& settings) { apply(settings, gradient); }, m_optimizer);
  }

  std::vector<double> parameters;  ///< weights, then the bias
  std::vector<double> first;       ///< Adam: mean of the gradient; SGD: momentum buffer
  std::vector<double> second;      ///< Adam: mean of the squared gradient
  std::int64_t steps = 0;

 private:
  [[nodiscard]] double loss_slope(double residual) const {
    if (m_loss == Loss::mse) {
      return 2 * residual;
    }
    return std::abs(residual) < 1 ? residual : std::copysign(1.0, residual);
  }

  void apply(const AdamSettings& adam, std::span<const double> gradient) {
    const double correction_1 = 1 - std::pow(adam.beta_1, static_cast<double>(steps));
    const double correction_2 = 1 - std::pow(adam.beta_2, static_cast<double>(steps));
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      first[k] = adam.beta_1 * first[k] + (1 - adam.beta_1) * gradient[k];
      second[k] = adam.beta_2 * second[k] + (1 - adam.beta_2) * gradient[k] * gradient[k];
      parameters[k] -=
          adam.learning_rate * (first[k] / correction_1) / (std::sqrt(second[k] / correction_2) + adam.epsilon);
    }
  }

  void apply(const SgdSettings& sgd, std::span<const double> gradient) {
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      first[k] = sgd.momentum * first[k] + gradient[k];
      parameters[k] -= sgd.learning_rate * first[k];
    }
  }

  Loss m_loss;
  OptimizerSettings m_optimizer;
};

}  // namespace ailoop::test
