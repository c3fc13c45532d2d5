#pragma once

#include <ailoop/core/precision.hpp>

#include <cstdint>
#include <functional>
#include <variant>

// What libailoop_torch.so offers, without a type of LibTorch: only that shared object includes LibTorch, and only a
// rank that trains loads it.

namespace ailoop {

/// Loss of a batch, averaged over its rows and outputs.
enum class Loss {
  smooth_l1,  ///< r^2 / 2 for |r| < 1, else |r| - 1/2
  mse,        ///< r^2
};

/// Settings of Adam. Source: Kingma and Ba, arXiv:1412.6980, algorithm 1.
struct AdamSettings {
  double learning_rate = 0.01;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
};

/// Settings of stochastic gradient descent with momentum.
struct SgdSettings {
  double learning_rate = 0.01;
  double momentum = 0.0;
};

using OptimizerSettings = std::variant<AdamSettings, SgdSettings>;

/// A parameter with the optimizer's memory of it: arrays of `size` numbers that the caller owns and keeps in place.
struct TrainedArray {
  void* values = nullptr;
  void* first_moment = nullptr;   ///< Adam: exp_avg; SGD: momentum buffer
  void* second_moment = nullptr;  ///< Adam: exp_avg_sq; SGD: not used
};

/// A model y = W phi + b under training. All arrays stay the caller's; the engine changes them in place.
struct LinearTraining {
  Precision precision = Precision::float32;
  std::int64_t features = 0;
  std::int64_t outputs = 0;
  TrainedArray weight;            ///< (outputs, features), row-major
  TrainedArray bias;              ///< (outputs)
  std::int64_t* steps = nullptr;  ///< optimizer steps so far; Adam corrects its moments by it
  Loss loss = Loss::smooth_l1;
  OptimizerSettings optimizer;
};

/// What the engine's tensors of a batch point to; lets a test see that nothing was copied.
struct BatchSeen {
  const void* features = nullptr;
  const void* targets = nullptr;
  std::int64_t rows = 0;
};

/// Losses of consecutive batches, each before the step on it.
struct BatchLosses {
  double sum = 0.0;      ///< over all rows, of the loss that each had in its batch
  double first = 0.0;    ///< of the first batch
  double largest = 0.0;  ///< of any batch; NaN if one was NaN
};

/// Trains one model, batch after batch.
class TorchEngine {
 public:
  TorchEngine() = default;
  TorchEngine(const TorchEngine&) = delete;
  TorchEngine& operator=(const TorchEngine&) = delete;
  virtual ~TorchEngine() = default;

  /// One optimizer step for each batch of consecutive rows; the last batch may be smaller. Reads the arrays in place.
  /// \param[in] features (rows, features) row-major, in the precision of the model
  /// \param[in] targets  (rows, outputs) row-major, likewise
  virtual BatchLosses train(void* features, void* targets, std::int64_t rows, std::int64_t batch_size) = 0;

  /// The loss over all rows as one batch, without a step. Reads the arrays in place.
  [[nodiscard]] virtual double loss(void* features, void* targets, std::int64_t rows) = 0;

  /// Calls `watcher` with each batch from now on.
  virtual void watch(std::function<void(const BatchSeen&)> watcher) = 0;
};

/// Name of the one function that libailoop_torch.so exports, and its type. The caller owns the result.
inline constexpr const char* make_torch_engine_symbol = "ailoop_make_torch_engine";
using MakeTorchEngine = TorchEngine*(const LinearTraining&);

/// Name and type of a function that says which LibTorch is in use, e.g. "1.13.1".
inline constexpr const char* torch_version_symbol = "ailoop_torch_version";
using TorchVersion = const char*();

}  // namespace ailoop
