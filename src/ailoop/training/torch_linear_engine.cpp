#include <ailoop/training/torch_linear_engine.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/training/torch_library.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

namespace ailoop {

namespace {

void* data_of(const SampleSet::Rows& rows) {
  return std::visit([](const auto& of_type) -> void* { return of_type.data(); }, rows);
}

/// The first `count` rows, which stay the owner's.
SampleSet::Rows first_rows(const SampleSet::Rows& rows, std::int64_t count) {
  return std::visit(
      [&](const auto& of_type) -> SampleSet::Rows {
        return std::decay_t<decltype(of_type)>(of_type.data(), as_size(count), of_type.extent(1));
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
  return static_cast<double>(std::min(samples, rows_of_piece(of_row, batch_size))) * static_cast<double>(of_row);
}

TorchLinearEngine::TorchLinearEngine(const LinearTraining& training, const Execution& execution,
                                     const LinearSurrogate& surrogate, std::int64_t piece_bytes)
    : m_execution(execution),
      m_surrogate(surrogate),
      m_piece_bytes(piece_bytes),
      m_engine(TorchLibrary::loaded().make_engine(training)) {}

void TorchLinearEngine::watch(std::function<void(const BatchSeen&)> watcher) { m_engine->watch(std::move(watcher)); }

BatchLosses TorchLinearEngine::train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) {
  const std::int64_t of_row = row_bytes(m_surrogate, samples.outputs());
  make_room(std::min(samples.count(), rows_of_piece(of_row, batch_size, m_piece_bytes)), samples.outputs());
  BatchLosses losses;
  for (std::int64_t first = 0; first < samples.count(); first += m_rows) {
    const Piece piece = written(samples, order, first);
    const BatchLosses of_piece = m_engine->train(piece.features, piece.targets, piece.rows, batch_size);
    losses.sum += of_piece.sum;
    losses.largest = of_piece.largest <= losses.largest ? losses.largest : of_piece.largest;  // NaN is the largest
    if (std::isnan(losses.largest)) {
      break;
    }
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

TorchLinearEngine::Piece TorchLinearEngine::written(const SampleSet& samples, const SampleSet::Order& order,
                                                    std::int64_t first) {
  const Piece piece{data_of(m_features), data_of(m_targets), std::min(m_rows, samples.count() - first)};
  const SampleSet::Order of_piece(order.data() + first, as_size(piece.rows));
  m_surrogate.feature_rows(m_execution, samples.rows(), of_piece, first_rows(m_features, piece.rows));
  samples.ordered_outputs(m_execution, of_piece, first_rows(m_targets, piece.rows));
  // both calls have waited for their kernels: LibTorch may read now
  return piece;
}

}  // namespace ailoop
