#pragma once

#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/training/linear_training.hpp>

#include <cstdint>

namespace ailoop {

/// Takes the optimizer's steps on one model that is linear in its parameters.
class LinearEngine {
 public:
  LinearEngine() = default;
  LinearEngine(const LinearEngine&) = delete;
  LinearEngine& operator=(const LinearEngine&) = delete;
  virtual ~LinearEngine() = default;

  /// One step for each batch of consecutive samples in the given order; the last batch may be smaller. Ends early where
  /// a loss is NaN.
  /// \param[in] order (samples.count()) a permutation of 0 ... samples.count() - 1
  virtual BatchLosses train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) = 0;
};

}  // namespace ailoop
