// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/interface.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/surrogate/surrogate.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

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

/// A parameter with the optimizer's memory of it: arrays of as many numbers, in the network's precision, that the
/// caller owns and keeps in place.
struct TrainedArray {
  void* values = nullptr;
  void* first_moment = nullptr;   ///< Adam: exp_avg; SGD: momentum buffer
  void* second_moment = nullptr;  ///< Adam: exp_avg_sq; SGD: not used
};

/// A network under training. All arrays stay the caller's; the optimizer changes them in place.
struct ModelTraining {
  Network network;
  std::vector<TrainedArray> arrays;  ///< in the order of the network's
  std::int64_t* steps = nullptr;     ///< optimizer steps so far; Adam corrects its moments by it
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

/// The samples of an epoch, in batches of consecutive places; the last batch may be smaller.
struct Epoch {
  const SampleSet& samples;             ///< of this rank
  std::span<const std::int64_t> order;  ///< rows of them, batch by batch
  std::int64_t count = 0;               ///< places, of all ranks
  std::int64_t batch_size = 1;
  const Communicator* comm = nullptr;  ///< whose ranks share each batch, as SampleDealer deals it; null: all are here
  bool is_first = true;                ///< of a training
};

/// Takes the steps of one training.
class Optimizer : public Interface {
 public:
  /// One step for each batch. Ends early where a loss is NaN. Collective.
  virtual BatchLosses train(const Epoch& epoch) = 0;
};

/// Takes the steps that LibTorch's Adam and SGD take, in one loop over the samples where they lie: no graph, no
/// tensors, and no features but those of the few points at hand. Serial, in a fixed order of sums; where ranks share a
/// batch each adds up its blocks, and one message a step brings the sums together (BlockSum).
/// \param[in] surrogate whose network is trained; must outlive the optimizer
/// \throws UsageError if the network is not linear
[[nodiscard]] std::unique_ptr<Optimizer> make_fused_optimizer(const ModelTraining& training,
                                                              const Surrogate& surrogate);

/// Bytes of its arrays, where batches are not shared.
[[nodiscard]] double fused_optimizer_bytes(const Network& network);

}  // namespace ailoop
