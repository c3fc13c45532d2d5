// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/torch_optimizer.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

// First: LibTorch 1.13 otherwise makes vectors of this type before it is complete, which Clang refuses in C++20.
#include <ATen/core/ivalue.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
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

using Shapes = std::vector<std::vector<std::int64_t>>;

/// Of each array of a network.
Shapes shapes_of(const Network& network) {
  Shapes shapes;
  std::int64_t inputs = network.inputs;
  for (const Layer& layer : network.layers) {
    shapes.push_back({layer.outputs, inputs});
    shapes.push_back({layer.outputs});
    inputs = layer.outputs;
  }
  return shapes;
}

/// The same array of each parameter, all in one tensor: a step of an optimizer costs as much for a few numbers as for
/// thousands. While no batch is trained on, the trainer's arrays hold the numbers.
class Joined {
 public:
  Joined(const ModelTraining& training, void* TrainedArray::* array, const Shapes& shapes)
      : m_number_bytes(number_bytes(training.network.precision)) {
    std::int64_t first = 0;
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      const std::int64_t size = std::accumulate(shapes[k].begin(), shapes[k].end(), std::int64_t{1}, std::multiplies());
      m_parts.push_back({training.arrays[k].*array, first, size});
      first += size;
    }
    m_tensor = torch::empty({first}, type_of(training.network.precision));
  }

  [[nodiscard]] const torch::Tensor& tensor() const { return m_tensor; }

  /// Array k, in place.
  [[nodiscard]] torch::Tensor part(std::size_t k, torch::IntArrayRef shape) const {
    return m_tensor.narrow(0, m_parts[k].first, m_parts[k].size).view(shape).detach();
  }

  void fetch() const {
    for (const Part& part : m_parts) {
      std::memcpy(place(part), part.owner, bytes(part));
    }
  }

  void put_back() const {
    for (const Part& part : m_parts) {
      std::memcpy(part.owner, place(part), bytes(part));
    }
  }

  /// Array k from elsewhere.
  void set(std::size_t k, const void* numbers) const { std::memcpy(place(m_parts[k]), numbers, bytes(m_parts[k])); }

 private:
  struct Part {
    void* owner;
    std::int64_t first;
    std::int64_t size;
  };

  [[nodiscard]] std::byte* place(const Part& part) const {
    return static_cast<std::byte*>(m_tensor.data_ptr()) + part.first * m_number_bytes;
  }
  [[nodiscard]] std::size_t bytes(const Part& part) const { return as_size(part.size * m_number_bytes); }

  std::int64_t m_number_bytes;
  std::vector<Part> m_parts;
  torch::Tensor m_tensor;
};

/// LibTorch's autograd knows the network's arrays, its optimizer the one tensor that holds them all.
class OptimizerOfTorch final : public TorchOptimizer {
 public:
  OptimizerOfTorch(const ModelTraining& training, const Surrogate& surrogate, Execution execution,
                   std::int64_t piece_bytes)
      : m_training(training),
        m_surrogate(surrogate),
        m_execution(execution),
        m_piece_bytes(piece_bytes),
        m_shapes(shapes_of(training.network)),
        m_parameters(training, &TrainedArray::values, m_shapes),
        m_gradient(training, &TrainedArray::values, m_shapes) {
    for (std::size_t k = 0; k < m_shapes.size(); ++k) {
      m_arrays.push_back(m_parameters.part(k, m_shapes[k]).requires_grad_(true));
    }
    torch::Tensor parameters = m_parameters.tensor();
    parameters.mutable_grad() = m_gradient.tensor();
    std::visit([this](const auto& settings) { use(settings); }, training.optimizer);
  }

  BatchLosses train(const Epoch& epoch) override {
    const auto& [samples, order, count, batch_size, comm, is_first] = epoch;
    return translated([&] {
      const std::int64_t most = rows_of_piece(m_training.network, batch_size, m_piece_bytes);
      make_room(std::min(std::ssize(order), most));
      // the trainer may have restored its arrays since they were put back
      m_parameters.fetch();
      for (const Joined& moment : m_moments) {
        moment.fetch();
      }
      BatchLosses losses;
      for (std::size_t first = 0; first < order.size() && !std::isnan(losses.largest); first += as_size(most)) {
        const auto of_piece = order.subspan(first, std::min(as_size(most), order.size() - first));
        write(samples, of_piece);
        train_on_piece(std::ssize(of_piece), batch_size, losses);
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
  /// For pieces of at most so many samples.
  void make_room(std::int64_t rows) {
    if (!m_features.defined() || m_features.size(0) != rows) {
      const auto room = [&](std::int64_t columns) {
        return torch::empty({rows, columns}, type_of(m_training.network.precision));
      };
      m_features.reset();
      m_targets.reset();
      m_features = room(m_training.network.inputs);
      m_targets = room(m_training.network.outputs());
    }
  }

  /// Features and targets of these samples.
  void write(const SampleSet& samples, std::span<const std::int64_t> order) const {
    std::visit(
        [&]<class T>(const ArrayOf<T>& rows) {
          const std::int64_t n = std::ssize(order);
          m_surrogate.feature_rows(m_execution, samples.rows(), order,
                                   ArrayOf<T>{m_features.data_ptr<T>(), n, m_features.size(1)});
          const ArrayOf<T> targets{m_targets.data_ptr<T>(), n, m_targets.size(1)};
          for (std::int64_t i = 0; i < n; ++i) {
            std::ranges::copy(rows.row(order[as_size(i)]).subspan(as_size(samples.dimension())),
                              targets.row(i).begin());
          }
        },
        samples.rows());
  }

  void train_on_piece(std::int64_t rows, std::int64_t batch_size, BatchLosses& losses) {
    for (std::int64_t first = 0; first < rows && !std::isnan(losses.largest); first += batch_size) {
      const IndexRange batch{first, std::min(first + batch_size, rows)};
      const double loss = step(tensor_of(m_features, batch), tensor_of(m_targets, batch));
      losses.add(loss * static_cast<double>(batch.size()), loss);
    }
  }

  /// These rows of a matrix. A view of the whole matrix would take a microsecond longer.
  [[nodiscard]] torch::Tensor tensor_of(const torch::Tensor& matrix, IndexRange rows) const {
    const std::int64_t columns = matrix.size(1);
    char* const data =
        static_cast<char*>(matrix.data_ptr()) + rows.first * columns * number_bytes(m_training.network.precision);
    return as_tensor(data, {rows.size(), columns}, m_training.network.precision);
  }

  /// What item() returns, without its way through the dispatcher.
  [[nodiscard]] double number_in(const torch::Tensor& scalar) const {
    return m_training.network.precision == Precision::float32 ? *scalar.data_ptr<float>() : *scalar.data_ptr<double>();
  }

  [[nodiscard]] torch::Tensor predicted(torch::Tensor values) const {
    for (std::size_t k = 0; k < m_training.network.layers.size(); ++k) {
      values = torch::linear(values, m_arrays[2 * k], m_arrays[2 * k + 1]);
      if (m_training.network.layers[k].activation == Activation::tanh) {
        values = torch::tanh(values);
      }
    }
    return values;
  }

  /// \return the loss before the step
  double step(const torch::Tensor& features, const torch::Tensor& targets) {
    if (m_watcher) {
      m_watcher({features.data_ptr(), targets.data_ptr(), features.size(0)});
    }
    // without gradients from before there is nothing to fill with zeros, nor to add to
    for (const torch::Tensor& array : m_arrays) {
      array.mutable_grad().reset();
    }
    const torch::Tensor values = predicted(features);
    const torch::Tensor loss =
        m_training.loss == Loss::smooth_l1 ? torch::smooth_l1_loss(values, targets) : torch::mse_loss(values, targets);
    loss.backward();
    for (std::size_t k = 0; k < m_arrays.size(); ++k) {
      m_gradient.set(k, m_arrays[k].grad().contiguous().data_ptr());
    }
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

  [[nodiscard]] Joined joined(void* TrainedArray::* array) const { return {m_training, array, m_shapes}; }

  void remember(torch::optim::Optimizer& optimizer, std::unique_ptr<torch::optim::OptimizerParamState> state) const {
    put_state(optimizer.state(), m_parameters.tensor().unsafeGetTensorImpl(), std::move(state));
  }

  ModelTraining m_training;
  const Surrogate& m_surrogate;
  Execution m_execution;
  std::int64_t m_piece_bytes;
  Shapes m_shapes;
  Joined m_parameters;
  Joined m_gradient;  // of the parameters; never put back
  std::vector<Joined> m_moments;
  std::vector<torch::Tensor> m_arrays;  // views of m_parameters
  std::unique_ptr<torch::optim::Optimizer> m_optimizer;
  // of a piece, so that each batch is a slice; kept while the size of pieces stays
  torch::Tensor m_features;
  torch::Tensor m_targets;
  std::function<void(const BatchSeen&)> m_watcher;
};

}  // namespace

}  // namespace ailoop

extern "C" __attribute__((visibility("default"))) ailoop::TorchOptimizer* ailoop_make_torch_optimizer(
    const ailoop::ModelTraining& training, const ailoop::Surrogate& surrogate, ailoop::Execution execution,
    std::int64_t piece_bytes) {
  return ailoop::translated([&]() -> ailoop::TorchOptimizer* {
    torch::set_num_threads(1);  // the order of its sums must not depend on the machine
    return new ailoop::OptimizerOfTorch(training, surrogate, execution, piece_bytes);
  });
}

extern "C" __attribute__((visibility("default"))) const char* ailoop_torch_interface() {
  return AILOOP_TORCH_INTERFACE;
}
