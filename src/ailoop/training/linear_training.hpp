#pragma once

#include <ailoop/core/precision.hpp>

#include <cstdint>
#include <variant>

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

/// Losses of consecutive batches, each before the step on it.
struct BatchLosses {
  double sum = 0.0;      ///< over all rows, of the loss that each had in its batch
  double largest = 0.0;  ///< of any batch; NaN if one was NaN

  /// \param[in] batch_sum    of one batch, or of several
  /// \param[in] batch_loss   of it, or the largest of theirs
  void add(double batch_sum, double batch_loss) {
    sum += batch_sum;
    largest = batch_loss <= largest ? largest : batch_loss;  // NaN is the largest, and stays
  }
};

}  // namespace ailoop
