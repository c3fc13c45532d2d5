// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/torch_optimizer.hpp>

#include <ailoop/execution/executions.hpp>
#include <ailoop/training/sample_order.hpp>

#include "training_case.hpp"
#include <Kokkos_Core.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

namespace ailoop {
namespace {

constexpr std::int64_t n_features = 6;

std::vector<std::int64_t> in_order(std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// A polynomial under training with LibTorch, which writes at most `piece_bytes` of features at once.
struct PolynomialTraining {
  explicit PolynomialTraining(std::int64_t piece_bytes = TorchOptimizer::most_piece_bytes)
      : surrogate(make_polynomial({kernels::Basis::legendre, 5}, SineProblem({.terms = 4}).facts())),
        moments(2 * (n_features + 1)) {
    const auto values = [&](std::size_t parameter) {
      return std::get<std::span<float>>(surrogate->parameters()[parameter].values).data();
    };
    float* const moment = moments.data();
    ModelTraining training;
    training.network = surrogate->network();
    training.arrays = {{values(0), moment, moment + n_features},
                       {values(1), moment + 2 * n_features, moment + 2 * n_features + 1}};
    training.steps = &steps;
    optimizer = make_torch_optimizer(training, *surrogate, Execution::host_threads, piece_bytes);
  }

  std::unique_ptr<LinearSurrogate> surrogate;
  std::vector<float> moments;
  std::int64_t steps = 0;
  std::unique_ptr<TorchOptimizer> optimizer;
};

TEST(TorchOptimizer, SeesEachBatchInPlace) {
  PolynomialTraining training;
  std::vector<BatchSeen> seen;
  training.optimizer->watch([&](const BatchSeen& batch) { seen.push_back(batch); });
  const SampleSet samples = test::sine_samples<float>(100);
  training.optimizer->train({samples, in_order(100), samples.count(), 32});
  ASSERT_EQ(seen.size(), 4U);
  const auto* features = static_cast<const float*>(seen[0].features);
  const auto* targets = static_cast<const float*>(seen[0].targets);
  for (std::size_t b = 0; b < seen.size(); ++b) {
    EXPECT_EQ(seen[b].features, features + 32 * b * n_features);
    EXPECT_EQ(seen[b].targets, targets + 32 * b);
    EXPECT_EQ(seen[b].rows, b < 3 ? 32 : 4);
  }
  // the memory is allocated once
  seen.clear();
  training.optimizer->train({samples, in_order(100), samples.count(), 32});
  EXPECT_EQ(seen[0].features, features);
  EXPECT_EQ(seen[0].targets, targets);
}

TEST(TorchOptimizer, TakesTheSameStepsInPieces) {
  constexpr std::int64_t row_bytes = (n_features + 1) * 4;
  const SampleSet samples = test::sine_samples<float>(1000);
  std::vector<std::int64_t> order(1000);
  shuffled_order(3, 0, order);
  PolynomialTraining whole;
  const BatchLosses expected = whole.optimizer->train({samples, order, samples.count(), 32});
  for (const std::int64_t piece_bytes : {std::int64_t{1}, 100 * row_bytes, 999 * row_bytes}) {
    PolynomialTraining parts(piece_bytes);
    std::int64_t most_rows = 0;
    parts.optimizer->watch([&](const BatchSeen& batch) { most_rows = std::max(most_rows, batch.rows); });
    const BatchLosses losses = parts.optimizer->train({samples, order, samples.count(), 32});
    EXPECT_EQ(most_rows, 32);
    EXPECT_EQ(parts.steps, whole.steps);
    EXPECT_EQ(parts.moments, whole.moments);
    for (std::size_t k = 0; k < 2; ++k) {
      const auto expected_values = std::get<std::span<float>>(whole.surrogate->parameters()[k].values);
      const auto values = std::get<std::span<float>>(parts.surrogate->parameters()[k].values);
      EXPECT_TRUE(std::ranges::equal(values, expected_values));
    }
    EXPECT_EQ(losses.largest, expected.largest);
    EXPECT_NEAR(losses.sum, expected.sum, 1e-12 * expected.sum);
  }
}

TEST(TorchOptimizer, CutsPiecesAtTheEndOfABatch) {
  const Network network{Precision::float32, 24, {{.outputs = 1}}};  // 100 bytes a row
  EXPECT_EQ(TorchOptimizer::rows_of_piece(network, 32, 10'000), 96);
  EXPECT_EQ(TorchOptimizer::rows_of_piece(network, 32, 1), 32);
  EXPECT_EQ(TorchOptimizer::rows_of_piece(network, 1, 10'000), 100);
}

/// y = W_2 tanh(W_1 x + b_1) + b_2 with five hidden numbers; all arrays stand one behind the other.
class HiddenLayer final : public Surrogate {
 public:
  static constexpr std::size_t hidden = 5;

  HiddenLayer() : m_numbers(3 * hidden + 1) {
    for (std::size_t i = 0; i < m_numbers.size(); ++i) {
      m_numbers[i] = std::sin(3.0 * static_cast<double>(i) + 1.0);
    }
  }

  [[nodiscard]] const Network& network() const override { return m_network; }
  void predict(Execution /*execution*/, ConstArray x, Array y) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      double sum = m_numbers[3 * hidden];
      for (std::size_t k = 0; k < hidden; ++k) {
        sum += m_numbers[2 * hidden + k] * std::tanh(m_numbers[k] * x(i, 0) + m_numbers[hidden + k]);
      }
      y(i, 0) = sum;
    }
  }
  void feature_rows(Execution /*execution*/, const Block& points, std::span<const std::int64_t> order,
                    const Block& phi) const override {
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::get<Array>(phi)(static_cast<std::int64_t>(i), 0) = std::get<Array>(points)(order[i], 0);
    }
  }
  [[nodiscard]] std::vector<Parameter> parameters() override {
    const std::span<double> all(m_numbers);
    return {{"hidden.weight", {hidden, 1}, all.subspan(0, hidden)},
            {"hidden.bias", {hidden}, all.subspan(hidden, hidden)},
            {"out.weight", {1, hidden}, all.subspan(2 * hidden, hidden)},
            {"out.bias", {1}, all.subspan(3 * hidden)}};
  }
  [[nodiscard]] std::map<std::string, std::string> description() const override { return {}; }
  [[nodiscard]] std::vector<double>& numbers() { return m_numbers; }

 private:
  Network m_network{Precision::float64, 1, {{hidden, Activation::tanh}, {.outputs = 1}}};
  std::vector<double> m_numbers;
};

double mean_squared_residual(const HiddenLayer& model, const SampleSet& samples) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    const auto& rows = std::get<ArrayOf<double>>(samples.rows());
    double y = 0.0;
    model.predict(Execution::calling_thread, {&rows(i, 0), 1, 1}, {&y, 1, 1});
    sum += (y - rows(i, 1)) * (y - rows(i, 1));
  }
  return sum / static_cast<double>(samples.count());
}

/// A step of gradient descent is the gradient of the loss, here by central differences of the model's own prediction.
TEST(TorchOptimizer, TrainsNetworksOfSeveralLayers) {
  constexpr double learning_rate = 0.5;
  const SampleSet samples = test::sine_samples<double>(40);
  HiddenLayer model;
  std::vector<double> expected = model.numbers();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    constexpr double h = 1e-5;
    double& number = model.numbers()[i];
    const double value = number;
    number = value + h;
    const double above = mean_squared_residual(model, samples);
    number = value - h;
    const double below = mean_squared_residual(model, samples);
    number = value;
    expected[i] -= learning_rate * (above - below) / (2.0 * h);
  }
  const double loss = mean_squared_residual(model, samples);
  const TrainingSettings settings{.loss = Loss::mse, .batch_size = 40};
  GradientTrainer trainer(SgdSettings{.learning_rate = learning_rate}, settings, {}, model);
  const TrainingReport report = trainer.fit(samples);
  EXPECT_NEAR(report.first_loss, loss, 1e-12);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(model.numbers()[i], expected[i], 1e-8) << i;
  }
}

TEST(FusedOptimizer, RefusesNetworksOfSeveralLayers) {
  const HiddenLayer model;
  const ModelTraining training{.network = model.network()};
  EXPECT_THROW((void)make_fused_optimizer(training, model), UsageError);
}

/// What the trap would be: LibTorch runs on one thread, which must not become the number of threads of Kokkos.
TEST(TorchOptimizer, LeavesKokkosItsThreads) {
  PolynomialTraining training;
  const SampleSet samples = test::sine_samples<float>(100);
  training.optimizer->train({samples, in_order(100), 100, 32});
  const auto space = Kokkos::DefaultHostExecutionSpace();
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Kokkos::parallel_for("test::threads", Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace>(space, 0, 100'000),
                       [&](const int i) {
                         if (i % 100 == 0) {
                           const std::scoped_lock lock(mutex);
                           threads.insert(std::this_thread::get_id());
                         }
                       });
  space.fence();
  EXPECT_EQ(static_cast<int>(threads.size()), concurrency(Execution::host_threads));
}

}  // namespace
}  // namespace ailoop
