#pragma once

#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/linear_engine.hpp>
#include <ailoop/training/torch_engine.hpp>

#include <functional>
#include <memory>

namespace ailoop {

/// LibTorch's autograd and optimizers, which read features and targets where ailoop's kernels wrote them.
class TorchLinearEngine final : public LinearEngine {
 public:
  /// \param[in] surrogate must outlive the engine
  /// \throws DependencyError if LibTorch cannot be loaded
  TorchLinearEngine(const LinearTraining& training, const Execution& execution, const LinearSurrogate& surrogate);

  BatchLosses train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) override;
  [[nodiscard]] double loss(const SampleSet& samples, const SampleSet::Order& order) override;

  /// Calls `watcher` with what LibTorch sees of each batch from now on.
  void watch(std::function<void(const BatchSeen&)> watcher);

 private:
  void write_rows(const SampleSet& samples, const SampleSet::Order& order);

  Execution m_execution;
  const LinearSurrogate& m_surrogate;
  std::unique_ptr<TorchEngine> m_engine;
  // of all samples in the order of the epoch, so that each batch is a slice; kept while the number of samples stays
  std::int64_t m_count = 0;
  SampleSet::Rows m_features;
  SampleSet::Rows m_targets;
};

}  // namespace ailoop
