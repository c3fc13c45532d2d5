// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bare_torch.hpp"

// First: LibTorch 1.13 otherwise makes vectors of this type before it is complete, which Clang refuses in C++20.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>

#include <algorithm>
#include <vector>

namespace ailoop::perf {

void MonomialRows::add(float x, float target) {
  float power = 1.0F;
  for (std::int64_t k = 0; k < m_n_features; ++k, power *= x) {
    m_features.push_back(power);
  }
  m_targets.push_back(target);
}

struct BareTorch::Model {
  explicit Model(std::int64_t features)
      : layer(features, 1), adam(layer->parameters(), torch::optim::AdamOptions(0.01)) {}

  torch::nn::Linear layer;
  torch::optim::Adam adam;
};

BareTorch::BareTorch(std::int64_t features) {
  torch::set_num_threads(1);
  m_model = std::make_unique<Model>(features);
}

BareTorch::~BareTorch() = default;

void BareTorch::train(MonomialRows& rows, std::int64_t batch_size) {
  const torch::Tensor x = torch::from_blob(rows.features(), {rows.count(), m_model->layer->options.in_features()});
  const torch::Tensor y = torch::from_blob(rows.targets(), {rows.count(), 1});
  const std::vector<torch::Tensor> parameters = m_model->layer->parameters();
  for (std::int64_t first = 0; first < rows.count(); first += batch_size) {
    const std::int64_t n = std::min(batch_size, rows.count() - first);
    for (const torch::Tensor& parameter : parameters) {
      parameter.mutable_grad().reset();
    }
    const torch::Tensor loss = torch::smooth_l1_loss(m_model->layer(x.narrow(0, first, n)), y.narrow(0, first, n));
    loss.backward();
    m_model->adam.step();
  }
}

float BareTorch::predict(float* features) const {
  const torch::InferenceMode guard;
  const torch::Tensor x = torch::from_blob(features, {1, m_model->layer->options.in_features()});
  return m_model->layer(x).item<float>();
}

}  // namespace ailoop::perf
