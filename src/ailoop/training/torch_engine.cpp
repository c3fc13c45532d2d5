#include <ailoop/training/torch_engine.hpp>

#include <ailoop/core/error.hpp>

// First: LibTorch 1.13 otherwise makes vectors of this type before it is complete, which Clang refuses in C++20.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

/// Tensor over memory that somebody else owns.
torch::Tensor as_tensor(void* data, torch::IntArrayRef shape, Precision precision) {
  const auto type = precision == Precision::float32 ? torch::kFloat32 : torch::kFloat64;
  return torch::from_blob(data, shape, torch::TensorOptions().dtype(type));
}

/// LibTorch keys its optimizer state by the tensor's address: as text before 2.1, as a pointer since.
template <class States>
void put_state(States& states, void* address, std::unique_ptr<torch::optim::OptimizerParamState> state) {
  if constexpr (std::is_same_v<typename States::key_type, std::string>) {
    std::ostringstream key;
    key << address;
    states[key.str()] = std::move(state);
  } else {
    states[address] = std::move(state);
  }
}

/// Calls `work`; LibTorch's exceptions end here, because their types mean nothing to a caller that does not link it.
template <class Work>
auto translated(Work&& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    throw DependencyError(std::string("LibTorch: ") + error.what_without_backtrace());
  }
}

class LinearEngine final : public TorchEngine {
 public:
  explicit LinearEngine(const LinearTraining& training)
      : m_training(training),
        m_weight(as_tensor(training.weight.values, {training.outputs, training.features}, training.precision)
                     .requires_grad_(true)),
        m_bias(as_tensor(training.bias.values, {training.outputs}, training.precision).requires_grad_(true)) {
    if (const auto* adam = std::get_if<AdamSettings>(&training.optimizer)) {
      use(*adam);
    } else {
      use(std::get<SgdSettings>(training.optimizer));
    }
  }

  BatchLosses train(void* features, void* targets, std::int64_t rows, std::int64_t batch_size) override {
    return translated([&] {
      const torch::Tensor all_features = as_tensor(features, {rows, m_training.features}, m_training.precision);
      const torch::Tensor all_targets = as_tensor(targets, {rows, m_training.outputs}, m_training.precision);
      BatchLosses losses;
      for (std::int64_t first = 0; first < rows; first += batch_size) {
        const std::int64_t n = std::min(batch_size, rows - first);
        const double loss = step(all_features.narrow(0, first, n), all_targets.narrow(0, first, n));
        losses.sum += loss * static_cast<double>(n);
        losses.first = first == 0 ? loss : losses.first;
        losses.largest = loss <= losses.largest ? losses.largest : loss;  // NaN is the largest, and stays
        if (std::isnan(loss)) {
          break;
        }
      }
      return losses;
    });
  }

  double loss(void* features, void* targets, std::int64_t rows) override {
    return translated([&] {
      const torch::NoGradGuard no_gradient;
      return loss_of(as_tensor(features, {rows, m_training.features}, m_training.precision),
                     as_tensor(targets, {rows, m_training.outputs}, m_training.precision))
          .item<double>();
    });
  }

  void watch(std::function<void(const BatchSeen&)> watcher) override { m_watcher = std::move(watcher); }

 private:
  [[nodiscard]] torch::Tensor loss_of(const torch::Tensor& features, const torch::Tensor& targets) const {
    const torch::Tensor predicted = torch::linear(features, m_weight, m_bias);
    return m_training.loss == Loss::smooth_l1 ? torch::smooth_l1_loss(predicted, targets)
                                              : torch::mse_loss(predicted, targets);
  }

  /// \return the loss before the step
  double step(const torch::Tensor& features, const torch::Tensor& targets) {
    if (m_watcher) {
      m_watcher({features.data_ptr(), targets.data_ptr(), features.size(0)});
    }
    // before LibTorch 2 the optimizer's zero_grad fills gradients with zeros, to which the next ones are then added
    m_weight.mutable_grad().reset();
    m_bias.mutable_grad().reset();
    const torch::Tensor loss = loss_of(features, targets);
    loss.backward();
    m_optimizer->step();
    ++*m_training.steps;
    return loss.item<double>();
  }

  void use(const AdamSettings& settings) {
    auto adam = std::make_unique<torch::optim::Adam>(std::vector<torch::Tensor>{m_weight, m_bias},
                                                     torch::optim::AdamOptions(settings.learning_rate)
                                                         .betas({settings.beta_1, settings.beta_2})
                                                         .eps(settings.epsilon));
    for (const auto& [parameter, array] : arrays()) {
      auto state = std::make_unique<torch::optim::AdamParamState>();
      state->step(*m_training.steps);
      state->exp_avg(as_tensor(array.first_moment, parameter.sizes(), m_training.precision));
      state->exp_avg_sq(as_tensor(array.second_moment, parameter.sizes(), m_training.precision));
      remember(*adam, parameter, std::move(state));
    }
    m_optimizer = std::move(adam);
  }

  void use(const SgdSettings& settings) {
    auto sgd = std::make_unique<torch::optim::SGD>(
        std::vector<torch::Tensor>{m_weight, m_bias},
        torch::optim::SGDOptions(settings.learning_rate).momentum(settings.momentum));
    if (settings.momentum != 0.0) {
      for (const auto& [parameter, array] : arrays()) {
        auto state = std::make_unique<torch::optim::SGDParamState>();
        state->momentum_buffer(as_tensor(array.first_moment, parameter.sizes(), m_training.precision));
        remember(*sgd, parameter, std::move(state));
      }
    }
    m_optimizer = std::move(sgd);
  }

  [[nodiscard]] std::vector<std::pair<torch::Tensor, TrainedArray>> arrays() const {
    return {{m_weight, m_training.weight}, {m_bias, m_training.bias}};
  }

  static void remember(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter,
                       std::unique_ptr<torch::optim::OptimizerParamState> state) {
    put_state(optimizer.state(), parameter.unsafeGetTensorImpl(), std::move(state));
  }

  LinearTraining m_training;
  torch::Tensor m_weight;
  torch::Tensor m_bias;
  std::unique_ptr<torch::optim::Optimizer> m_optimizer;
  std::function<void(const BatchSeen&)> m_watcher;
};

}  // namespace

}  // namespace ailoop

extern "C" __attribute__((visibility("default"))) ailoop::TorchEngine* ailoop_make_torch_engine(
    const ailoop::LinearTraining& training) {
  return ailoop::translated([&]() -> ailoop::TorchEngine* {
    torch::set_num_threads(1);  // the order of its sums must not depend on the machine
    return new ailoop::LinearEngine(training);
  });
}

extern "C" __attribute__((visibility("default"))) const char* ailoop_torch_version() { return TORCH_VERSION; }

extern "C" __attribute__((visibility("default"))) const char* ailoop_torch_interface() {
  return AILOOP_TORCH_INTERFACE;
}
