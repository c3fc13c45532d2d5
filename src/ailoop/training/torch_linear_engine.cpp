#include <ailoop/training/torch_linear_engine.hpp>

#include <ailoop/training/torch_library.hpp>

#include <utility>

namespace ailoop {

namespace {

void* data_of(const SampleSet::Rows& rows) {
  return std::visit([](const auto& of_type) -> void* { return of_type.data(); }, rows);
}

}  // namespace

TorchLinearEngine::TorchLinearEngine(const LinearTraining& training, const Execution& execution,
                                     const LinearSurrogate& surrogate)
    : m_execution(execution), m_surrogate(surrogate), m_engine(TorchLibrary::loaded().make_engine(training)) {}

void TorchLinearEngine::watch(std::function<void(const BatchSeen&)> watcher) { m_engine->watch(std::move(watcher)); }

BatchLosses TorchLinearEngine::train(const SampleSet& samples, const SampleSet::Order& order, std::int64_t batch_size) {
  write_rows(samples, order);
  return m_engine->train(data_of(m_features), data_of(m_targets), samples.count(), batch_size);
}

double TorchLinearEngine::loss(const SampleSet& samples, const SampleSet::Order& order) {
  write_rows(samples, order);
  return m_engine->loss(data_of(m_features), data_of(m_targets), samples.count());
}

void TorchLinearEngine::write_rows(const SampleSet& samples, const SampleSet::Order& order) {
  if (m_count != samples.count()) {
    m_features = {};
    m_targets = {};
    m_count = samples.count();
    m_features =
        allocate_rows("ailoop::TorchLinearEngine::features", m_surrogate.precision(), m_count, m_surrogate.features());
    m_targets =
        allocate_rows("ailoop::TorchLinearEngine::targets", m_surrogate.precision(), m_count, samples.outputs());
  }
  m_surrogate.feature_rows(m_execution, samples.rows(), order, m_features);
  samples.ordered_outputs(m_execution, order, m_targets);
  // both calls have waited for their kernels: LibTorch may read now
}

}  // namespace ailoop
