#include <ailoop/training/torch_linear_engine.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/training/torch_library.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ailoop {

namespace {

void* data_of(const SampleSet::Rows& rows) {
  return std::visit([](const auto& of_type) -> void* { return of_type.data(); }, rows);
}

/// The first `count` rows, which stay the owner's.
SampleSet::Rows first_rows(const SampleSet::Rows& rows, std::int64_t count) {
  return std::visit(
      [&]<class Rows>(const Rows& of_type) -> SampleSet::Rows {
        return Rows(of_type.data(), as_size(count), of_type.extent(1));
      },
      rows);
}

/// Of features and targets.
std::int64_t row_bytes(const LinearSurrogate& surrogate, std::int64_t outputs) {
  return (surrogate.features() + outputs) * number_bytes(surrogate.precision());
}

}  // namespace

std::int64_t TorchLinearEngine::rows_of_piece(std::int64_t row_bytes, std::int64_t batch_size,
                                              std::int64_t piece_bytes) {
  return std::max<std::int64_t>(1, piece_bytes / row_bytes / batch_size) * batch_size;
}

double TorchLinearEngine::bytes(const LinearSurrogate& surrogate, std::int64_t samples, std::int64_t outputs,
                                std::int64_t batch_size) {
  const std::int64_t of_row = row_bytes(surrogate, outputs);
  return static_cast<double>(std::min(samples, rows_of_piece(of_row, batch_size)) * of_row);
}

TorchLinearEngine::TorchLinearEngine(const LinearTraining& training, const Execution& execution,
                                     const LinearSurrogate& surrogate, std::int64_t piece_bytes)
    : m_execution(execution),
      m_surrogate(surrogate),
      m_piece_bytes(piece_bytes),
      m_engine(make_torch_engine(training)) {}

void TorchLinearEngine::watch(std::function<void(const BatchSeen&)> watcher) { m_engine->watch(std::move(watcher)); }

BatchLosses TorchLinearEngine::train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) {
  const std::int64_t of_row = row_bytes(m_surrogate, samples.outputs());
  make_room(std::min(samples.count(), rows_of_piece(of_row, batch_size, m_piece_bytes)), samples.outputs());
  BatchLosses losses;
  for (std::int64_t first = 0; first < samples.count() && !std::isnan(losses.largest); first += m_rows) {
    const std::int64_t rows = std::min(m_rows, samples.count() - first);
    const SampleSet::Order of_piece(order.data() + first, as_size(rows));
    m_surrogate.feature_rows(m_execution, samples.rows(), of_piece, first_rows(m_features, rows));
    samples.ordered_outputs(m_execution, of_piece, first_rows(m_targets, rows));
    // both calls have waited for their kernels: LibTorch may read now
    const BatchLosses found = m_engine->train(data_of(m_features), data_of(m_targets), rows, batch_size);
    losses.add(found.sum, found.largest);
  }
  return losses;
}

void TorchLinearEngine::make_room(std::int64_t rows, std::int64_t outputs) {
  if (m_rows == rows) {
    return;
  }
  m_features = {};
  m_targets = {};
  m_rows = rows;
  const Precision precision = m_surrogate.precision();
  m_features = allocate_rows("ailoop::TorchLinearEngine::features", precision, rows, m_surrogate.features());
  m_targets = allocate_rows("ailoop::TorchLinearEngine::targets", precision, rows, outputs);
}

}  // namespace ailoop
