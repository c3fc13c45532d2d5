#pragma once

#include <ailoop/core/interface.hpp>
#include <ailoop/training/linear_training.hpp>

#include <cstdint>
#include <functional>

// What libailoop_torch.so offers, without a type of LibTorch: only that shared object includes LibTorch, and only a
// rank that trains loads it.

namespace ailoop {

/// What the engine's tensors of a batch point to; lets a test see that nothing was copied.
struct BatchSeen {
  const void* features = nullptr;
  const void* targets = nullptr;
  std::int64_t rows = 0;
};

/// Trains one model, batch after batch.
class TorchEngine : public Interface {
 public:
  /// One optimizer step for each batch of consecutive rows; the last batch may be smaller. Reads the arrays in place.
  /// \param[in] features (rows, features) row-major, in the precision of the model
  /// \param[in] targets  (rows, outputs) row-major, likewise
  virtual BatchLosses train(void* features, void* targets, std::int64_t rows, std::int64_t batch_size) = 0;

  /// Calls `watcher` with each batch from now on.
  virtual void watch(std::function<void(const BatchSeen&)> watcher) = 0;
};

/// Name of the function of libailoop_torch.so that makes an engine, and its type. The caller owns the result.
inline constexpr const char* make_torch_engine_symbol = "ailoop_make_torch_engine";
using MakeTorchEngine = TorchEngine*(const LinearTraining&);

/// Name and type of a function that says which version of ailoop, and of this header, the library is for.
inline constexpr const char* torch_interface_symbol = "ailoop_torch_interface";
using TorchInterface = const char*();

}  // namespace ailoop
