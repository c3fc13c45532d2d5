#include <ailoop/training/torch_engine.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

// First: LibTorch 1.13 otherwise makes vectors of this type before it is complete, which Clang refuses in C++20.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

torch::TensorOptions type_of(Precision precision) {
  return torch::TensorOptions().dtype(precision == Precision::float32 ? torch::kFloat32 : torch::kFloat64);
}

/// Tensor over memory that somebody else owns.
torch::Tensor as_tensor(void* data, torch::IntArrayRef shape, Precision precision) {
  return torch::from_blob(data, shape, type_of(precision));
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

/// Numbers of the weight, behind them those of the bias, in one tensor; while no batch is trained on, the trainer's
/// arrays hold them.
class Joined {
 public:
  Joined(void* weight, std::int64_t weight_numbers, void* bias, std::int64_t bias_numbers, Precision precision)
      : m_weight(weight),
        m_bias(bias),
        m_weight_bytes(as_size(weight_numbers * number_bytes(precision))),
        m_bias_bytes(as_size(bias_numbers * number_bytes(precision))),
        m_tensor(torch::empty({weight_numbers + bias_numbers}, type_of(precision))) {}

  [[nodiscard]] const torch::Tensor& tensor() const { return m_tensor; }
  [[nodiscard]] std::byte* weight() const { return static_cast<std::byte*>(m_tensor.data_ptr()); }
  [[nodiscard]] std::byte* bias() const { return weight() + m_weight_bytes; }

  void fetch() const { join(m_weight, m_bias); }

  void put_back() const {
    std::memcpy(m_weight, weight(), m_weight_bytes);
    std::memcpy(m_bias, bias(), m_bias_bytes);
  }

  void join(const void* of_weight, const void* of_bias) const {
    std::memcpy(weight(), of_weight, m_weight_bytes);
    std::memcpy(bias(), of_bias, m_bias_bytes);
  }

 private:
  void* m_weight;
  void* m_bias;
  std::size_t m_weight_bytes;
  std::size_t m_bias_bytes;
  torch::Tensor m_tensor;
};

/// LibTorch's autograd knows weight and bias, its optimizer the one tensor that holds both: a step of an optimizer
/// costs as much for a few numbers as for thousands.
class LinearEngine final : public TorchEngine {
 public:
  explicit LinearEngine(const LinearTraining& training)
      : m_training(training),
        m_parameters(joined(&TrainedArray::values)),
        m_gradient(joined(&TrainedArray::values)),
        m_weight(as_tensor(m_parameters.weight(), {training.outputs, training.features}, training.precision)
                     .requires_grad_(true)),
        m_bias(as_tensor(m_parameters.bias(), {training.outputs}, training.precision).requires_grad_(true)) {
    torch::Tensor parameters = m_parameters.tensor();
    parameters.mutable_grad() = m_gradient.tensor();
    if (const auto* adam = std::get_if<AdamSettings>(&training.optimizer)) {
      use(*adam);
    } else {
      use(std::get<SgdSettings>(training.optimizer));
    }
  }

  BatchLosses train(void* features, void* targets, std::int64_t rows, std::int64_t batch_size) override {
    return translated([&] {
      // the trainer may have restored its arrays since they were put back
      m_parameters.fetch();
      for (const Joined& moment : m_moments) {
        moment.fetch();
      }
      BatchLosses losses;
      for (std::int64_t first = 0; first < rows; first += batch_size) {
        const std::int64_t n = std::min(batch_size, rows - first);
        const double loss =
            step(rows_of(features, m_training.features, first, n), rows_of(targets, m_training.outputs, first, n));
        losses.add(loss * static_cast<double>(n), loss);
        if (std::isnan(loss)) {
          break;
        }
      }
      m_parameters.put_back();
      for (const Joined& moment : m_moments) {
        moment.put_back();
      }
      return losses;
    });
  }

  void watch(std::function<void(const BatchSeen&)> watcher) override { m_watcher = std::move(watcher); }

 private:
  /// Rows first ... first + count - 1 of a matrix. A view of the whole matrix would take a microsecond longer.
  [[nodiscard]] torch::Tensor rows_of(void* matrix, std::int64_t columns, std::int64_t first,
                                      std::int64_t count) const {
    const std::int64_t offset = first * columns * number_bytes(m_training.precision);
    return as_tensor(static_cast<std::byte*>(matrix) + offset, {count, columns}, m_training.precision);
  }

  /// What item() returns, without its way through the dispatcher.
  [[nodiscard]] double number_in(const torch::Tensor& scalar) const {
    return m_training.precision == Precision::float32 ? *scalar.data_ptr<float>() : *scalar.data_ptr<double>();
  }

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
    // without gradients from before there is nothing to fill with zeros, nor to add to
    m_weight.mutable_grad().reset();
    m_bias.mutable_grad().reset();
    const torch::Tensor loss = loss_of(features, targets);
    loss.backward();
    m_gradient.join(m_weight.grad().contiguous().data_ptr(), m_bias.grad().contiguous().data_ptr());
    m_optimizer->step();
    ++*m_training.steps;
    return number_in(loss);
  }

  void use(const AdamSettings& settings) {
    auto adam = std::make_unique<torch::optim::Adam>(std::vector<torch::Tensor>{m_parameters.tensor()},
                                                     torch::optim::AdamOptions(settings.learning_rate)
                                                         .betas({settings.beta_1, settings.beta_2})
                                                         .eps(settings.epsilon));
    m_moments = {joined(&TrainedArray::first_moment), joined(&TrainedArray::second_moment)};
    auto state = std::make_unique<torch::optim::AdamParamState>();
    state->step(*m_training.steps);
    state->exp_avg(m_moments[0].tensor());
    state->exp_avg_sq(m_moments[1].tensor());
    remember(*adam, std::move(state));
    m_optimizer = std::move(adam);
  }

  void use(const SgdSettings& settings) {
    auto sgd = std::make_unique<torch::optim::SGD>(
        std::vector<torch::Tensor>{m_parameters.tensor()},
        torch::optim::SGDOptions(settings.learning_rate).momentum(settings.momentum));
    if (settings.momentum != 0.0) {
      m_moments = {joined(&TrainedArray::first_moment)};
      auto state = std::make_unique<torch::optim::SGDParamState>();
      state->momentum_buffer(m_moments[0].tensor());
      remember(*sgd, std::move(state));
    }
    m_optimizer = std::move(sgd);
  }

  [[nodiscard]] Joined joined(void* TrainedArray::* array) const {
    return {m_training.weight.*array, m_training.outputs * m_training.features, m_training.bias.*array,
            m_training.outputs, m_training.precision};
  }

  void remember(torch::optim::Optimizer& optimizer, std::unique_ptr<torch::optim::OptimizerParamState> state) const {
    put_state(optimizer.state(), m_parameters.tensor().unsafeGetTensorImpl(), std::move(state));
  }

  LinearTraining m_training;
  Joined m_parameters;
  Joined m_gradient;  // of the parameters; never put back
  std::vector<Joined> m_moments;
  torch::Tensor m_weight;  // views of m_parameters
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

extern "C" __attribute__((visibility("default"))) const char* ailoop_torch_interface() {
  return AILOOP_TORCH_INTERFACE;
}
