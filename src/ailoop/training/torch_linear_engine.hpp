#pragma once

#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/linear_engine.hpp>
#include <ailoop/training/torch_engine.hpp>

#include <functional>
#include <memory>

namespace ailoop {

/// LibTorch's autograd and optimizers, which read features and targets where ailoop's kernels wrote them. Features are
/// written in pieces of whole batches, so that memory does not grow with the samples; steps are those of one piece.
class TorchLinearEngine final : public LinearEngine {
 public:
  /// Bytes of features and targets that are written at once; a batch that needs more gets it.
  static constexpr std::int64_t most_piece_bytes = std::int64_t{1} << 26;

  /// Samples of a piece: whole batches.
  [[nodiscard]] static std::int64_t rows_of_piece(std::int64_t row_bytes, std::int64_t batch_size,
                                                  std::int64_t piece_bytes = most_piece_bytes);

  /// Bytes of the features and targets of a piece.
  [[nodiscard]] static double bytes(const LinearSurrogate& surrogate, std::int64_t samples, std::int64_t outputs,
                                    std::int64_t batch_size);

  /// \param[in] surrogate must outlive the engine
  /// \throws DependencyError if LibTorch cannot be loaded
  TorchLinearEngine(const LinearTraining& training, const Execution& execution, const LinearSurrogate& surrogate,
                    std::int64_t piece_bytes = most_piece_bytes);

  BatchLosses train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) override;

  /// Calls `watcher` with what LibTorch sees of each batch from now on.
  void watch(std::function<void(const BatchSeen&)> watcher);

 private:
  /// Makes room for pieces of at most `rows` samples.
  void make_room(std::int64_t rows, std::int64_t outputs);

  Execution m_execution;
  const LinearSurrogate& m_surrogate;
  std::int64_t m_piece_bytes;
  std::unique_ptr<TorchEngine> m_engine;
  // of a piece, so that each batch is a slice; kept while the size of pieces stays
  std::int64_t m_rows = 0;
  SampleSet::Rows m_features;
  SampleSet::Rows m_targets;
};

}  // namespace ailoop
