// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/training/optimizer.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>

// LibTorch lives in libailoop_torch.so alone, which is loaded when somebody trains with it for the first time and never
// unloaded: half a second and 60 MB that ranks and runs without such a training do not spend. What crosses its border
// has no type of LibTorch.

namespace ailoop {

/// What the tensors of a batch point to; lets a test see that nothing was copied.
struct BatchSeen {
  const void* features = nullptr;
  const void* targets = nullptr;
  std::int64_t rows = 0;
};

/// LibTorch's autograd and optimizers, which read features and targets where they were written. These are written in
/// pieces of whole batches, so that memory does not grow with the samples; steps are those of one piece.
class TorchOptimizer : public Optimizer {
 public:
  /// Bytes of features and targets that are written at once; a batch that needs more gets it.
  static constexpr std::int64_t most_piece_bytes = std::int64_t{1} << 26;

  /// Samples of a piece: whole batches.
  [[nodiscard]] static std::int64_t rows_of_piece(const Network& network, std::int64_t batch_size,
                                                  std::int64_t piece_bytes = most_piece_bytes) {
    const std::int64_t row_bytes = (network.inputs + network.outputs()) * number_bytes(network.precision);
    return std::max<std::int64_t>(1, piece_bytes / row_bytes / batch_size) * batch_size;
  }

  /// Bytes of the features and targets of a piece.
  [[nodiscard]] static double bytes(const Network& network, std::int64_t samples, std::int64_t batch_size) {
    return SampleSet::bytes(network.precision, std::min(samples, rows_of_piece(network, batch_size)), network.inputs,
                            network.outputs());
  }

  /// Calls `watcher` with each batch from now on.
  virtual void watch(std::function<void(const BatchSeen&)> watcher) = 0;
};

/// \param[in] surrogate   whose network is trained; must outlive the optimizer
/// \param[in] execution   where features are made
/// \param[in] piece_bytes of features and targets that are written at once
/// \throws DependencyError if the library cannot be loaded, which names the file, or if LibTorch refuses
[[nodiscard]] std::unique_ptr<TorchOptimizer> make_torch_optimizer(
    const ModelTraining& training, const Surrogate& surrogate, Execution execution,
    std::int64_t piece_bytes = TorchOptimizer::most_piece_bytes);

/// Looks whether the library is where the loader will find it.
/// \param[in] load whether to load it, too: what is damaged shows only then
/// \throws DependencyError that names the folders, or the file
void require_torch(bool load);

/// Name of the function of libailoop_torch.so that makes an optimizer, and its type. The caller owns the result.
inline constexpr const char* make_torch_optimizer_symbol = "ailoop_make_torch_optimizer";
using MakeTorchOptimizer = TorchOptimizer*(const ModelTraining&, const Surrogate&, Execution, std::int64_t);

/// Name and type of a function that says which version of ailoop, and of these headers, the library is for.
inline constexpr const char* torch_interface_symbol = "ailoop_torch_interface";
using TorchInterface = const char*();

}  // namespace ailoop
