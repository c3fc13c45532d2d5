// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "torch_forward.hpp"

// First: LibTorch 1.13 otherwise makes vectors of this type before it is complete, which Clang refuses in C++20.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>

namespace ailoop::perf {

struct TorchForward::Model {
  Model(const float* features, std::int64_t rows, std::int64_t n_features)
      : layer(n_features, 1),
        transposed_weight(layer->weight.detach().t()),
        bias(layer->bias.detach()),
        x(torch::from_blob(const_cast<float*>(features), {rows, n_features})),  // NOLINT: torch knows no const memory
        y(torch::empty({rows, 1})) {}

  torch::nn::Linear layer;
  torch::Tensor transposed_weight;
  torch::Tensor bias;
  torch::Tensor x;
  torch::Tensor y;
};

TorchForward::TorchForward(int threads, const float* features, std::int64_t rows, std::int64_t n_features) {
  torch::set_num_threads(threads);
  const c10::InferenceMode guard;
  m_model = std::make_unique<Model>(features, rows, n_features);
}

TorchForward::~TorchForward() = default;

float TorchForward::forward() {
  const c10::InferenceMode guard;
  return *m_model->layer(m_model->x).data_ptr<float>();
}

void TorchForward::forward_in_place() {
  const c10::InferenceMode guard;
  torch::addmm_out(m_model->y, m_model->bias, m_model->x, m_model->transposed_weight);
}

}  // namespace ailoop::perf
