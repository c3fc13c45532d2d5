#pragma once

#include <ailoop/core/interface.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/linear_training.hpp>

#include <cstdint>
#include <memory>

namespace ailoop {

/// Takes the optimizer's steps on one model that is linear in its parameters.
class LinearEngine : public Interface {
 public:
  /// One step for each batch of consecutive samples in the given order; the last batch may be smaller. Ends early where
  /// a loss is NaN.
  /// \param[in] order (samples.count()) a permutation of 0 ... samples.count() - 1
  virtual BatchLosses train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) = 0;
};

/// Takes the steps that LibTorch's Adam and SGD take, in one loop over the samples where they lie: no graph, no
/// tensors, and no features but those of the few points at hand. Serial, in a fixed order of sums.
/// \param[in] surrogate must outlive the engine
[[nodiscard]] std::unique_ptr<LinearEngine> make_fused_engine(const LinearTraining& training,
                                                              const LinearSurrogate& surrogate);

/// Bytes of its arrays.
[[nodiscard]] double fused_engine_bytes(const LinearSurrogate& surrogate, std::int64_t outputs);

}  // namespace ailoop
