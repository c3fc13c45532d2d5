#include <ailoop/training/torch_linear_engine.hpp>

#include <ailoop/training/sample_order.hpp>

#include "training_case.hpp"
#include <gtest/gtest.h>

namespace ailoop {
namespace {

constexpr std::int64_t n_features = 6;

TEST(TorchLinearEngine, SeesEachBatchInPlace) {
  const auto surrogate = make_polynomial({kernels::Basis::monomial, 5}, SineProblem({.terms = 4}).facts());
  std::vector<float> moments(2 * (n_features + 1));
  std::int64_t steps = 0;
  const auto values = [&](std::size_t parameter) {
    return std::get<std::span<float>>(surrogate->parameters()[parameter].values).data();
  };
  LinearTraining training;
  training.features = n_features;
  training.outputs = 1;
  float* const moment = moments.data();
  training.weight = {values(0), moment, moment + n_features};
  training.bias = {values(1), moment + 2 * n_features, moment + 2 * n_features + 1};
  training.steps = &steps;
  TorchLinearEngine engine(training, host_execution(), *surrogate);
  std::vector<BatchSeen> seen;
  engine.watch([&](const BatchSeen& batch) { seen.push_back(batch); });

  const SampleSet samples = test::sine_samples<float>(100);
  const SampleSet::Order order("order", 100);
  identity_order({order.data(), order.extent(0)});
  engine.train(samples, order, 32);
  ASSERT_EQ(seen.size(), 4U);
  const auto* features = static_cast<const float*>(seen[0].features);
  const auto* targets = static_cast<const float*>(seen[0].targets);
  for (std::size_t b = 0; b < seen.size(); ++b) {
    EXPECT_EQ(seen[b].features, features + 32 * b * n_features);
    EXPECT_EQ(seen[b].targets, targets + 32 * b);
    EXPECT_EQ(seen[b].rows, b < 3 ? 32 : 4);
  }
  // the memory is the engine's own, allocated once
  seen.clear();
  engine.train(samples, order, 32);
  EXPECT_EQ(seen[0].features, features);
  EXPECT_EQ(seen[0].targets, targets);
}

}  // namespace
}  // namespace ailoop
