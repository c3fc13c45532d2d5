#include <ailoop/training/torch_linear_engine.hpp>

#include <ailoop/training/gradient_trainer.hpp>

#include "training_case.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

namespace ailoop {
namespace {

constexpr std::int64_t n_features = 6;

TEST(TorchLinearEngine, SeesEachBatchInPlace) {
  const auto surrogate = make_polynomial({kernels::Basis::monomial, 5}, SineProblem({.terms = 4}).facts());
  std::vector<float> moments(2 * (n_features + 1));
  std::int64_t steps = 0;
  const auto values = [&](std::size_t parameter) {
    return std::get<std::span<float>>(surrogate->parameters()[parameter].values).data();
  };
  LinearTraining training;
  training.features = n_features;
  training.outputs = 1;
  float* const moment = moments.data();
  training.weight = {values(0), moment, moment + n_features};
  training.bias = {values(1), moment + 2 * n_features, moment + 2 * n_features + 1};
  training.steps = &steps;
  TorchLinearEngine engine(training, host_execution(), *surrogate);
  std::vector<BatchSeen> seen;
  engine.watch([&](const BatchSeen& batch) { seen.push_back(batch); });

  const SampleSet samples = test::sine_samples<float>(100);
  const SampleSet::Order order("order", 100);
  std::iota(order.data(), order.data() + order.extent(0), 0);
  engine.train(samples, order, 32);
  ASSERT_EQ(seen.size(), 4U);
  const auto* features = static_cast<const float*>(seen[0].features);
  const auto* targets = static_cast<const float*>(seen[0].targets);
  for (std::size_t b = 0; b < seen.size(); ++b) {
    EXPECT_EQ(seen[b].features, features + 32 * b * n_features);
    EXPECT_EQ(seen[b].targets, targets + 32 * b);
    EXPECT_EQ(seen[b].rows, b < 3 ? 32 : 4);
  }
  // the memory is the engine's own, allocated once
  seen.clear();
  engine.train(samples, order, 32);
  EXPECT_EQ(seen[0].features, features);
  EXPECT_EQ(seen[0].targets, targets);
}

/// A polynomial under training by an engine that writes at most `piece_bytes` of features at once.
struct InPieces {
  explicit InPieces(std::int64_t piece_bytes)
      : surrogate(make_polynomial({kernels::Basis::legendre, 5}, SineProblem({.terms = 4}).facts())),
        moments(2 * (n_features + 1)) {
    const auto values = [&](std::size_t parameter) {
      return std::get<std::span<float>>(surrogate->parameters()[parameter].values).data();
    };
    LinearTraining training;
    training.features = n_features;
    training.outputs = 1;
    float* const moment = moments.data();
    training.weight = {values(0), moment, moment + n_features};
    training.bias = {values(1), moment + 2 * n_features, moment + 2 * n_features + 1};
    training.steps = &steps;
    engine = std::make_unique<TorchLinearEngine>(training, host_execution(), *surrogate, piece_bytes);
  }

  std::unique_ptr<LinearSurrogate> surrogate;
  std::vector<float> moments;
  std::int64_t steps = 0;
  std::unique_ptr<TorchLinearEngine> engine;
};

TEST(TorchLinearEngine, TakesTheSameStepsInPieces) {
  constexpr std::int64_t row_bytes = (n_features + 1) * 4;
  const SampleSet samples = test::sine_samples<float>(1000);
  const SampleSet::Order order("order", 1000);
  shuffled_order(3, 0, {order.data(), order.extent(0)});
  InPieces whole(TorchLinearEngine::most_piece_bytes);
  const BatchLosses expected = whole.engine->train(samples, order, 32);
  for (const std::int64_t piece_bytes : {std::int64_t{1}, 100 * row_bytes, 999 * row_bytes}) {
    InPieces parts(piece_bytes);
    std::int64_t most_rows = 0;
    parts.engine->watch([&](const BatchSeen& batch) { most_rows = std::max(most_rows, batch.rows); });
    const BatchLosses losses = parts.engine->train(samples, order, 32);
    EXPECT_EQ(most_rows, 32);
    EXPECT_EQ(parts.steps, whole.steps);
    EXPECT_EQ(parts.moments, whole.moments);
    for (std::size_t k = 0; k < 2; ++k) {
      const auto expected_values = std::get<std::span<float>>(whole.surrogate->parameters()[k].values);
      const auto values = std::get<std::span<float>>(parts.surrogate->parameters()[k].values);
      EXPECT_TRUE(std::ranges::equal(values, expected_values));
    }
    EXPECT_EQ(losses.largest, expected.largest);
    EXPECT_NEAR(losses.sum, expected.sum, 1e-12 * expected.sum);
  }
}

TEST(TorchLinearEngine, CutsPiecesAtTheEndOfABatch) {
  EXPECT_EQ(TorchLinearEngine::rows_of_piece(100, 32, 10'000), 96);
  EXPECT_EQ(TorchLinearEngine::rows_of_piece(100, 32, 1), 32);
  EXPECT_EQ(TorchLinearEngine::rows_of_piece(100, 1, 10'000), 100);
}

double view_bytes = 0.0;  // Kokkos' callbacks are plain functions without a context

TEST(TorchLinearEngine, SaysTheBytesOfItsArrays) {
  namespace tools = Kokkos::Tools::Experimental;
  constexpr std::int64_t batch_size = 32;
  for (const std::int64_t count : {20, 1000, 3'000'000}) {  // the last in more than one piece
    InPieces training(TorchLinearEngine::most_piece_bytes);
    const SampleSet samples = test::sine_samples<float>(count);
    const SampleSet::Order order("order", static_cast<std::size_t>(count));
    std::iota(order.data(), order.data() + order.extent(0), 0);
    view_bytes = 0.0;
    const tools::EventSet previous = tools::get_callbacks();
    tools::set_allocate_data_callback([](Kokkos::Tools::SpaceHandle /*space*/, const char* /*label*/,
                                         const void* /*data*/,
                                         std::uint64_t bytes) { view_bytes += static_cast<double>(bytes); });
    training.engine->train(samples, order, batch_size);
    tools::set_callbacks(previous);
    const double said = TorchLinearEngine::bytes(*training.surrogate, count, 1, batch_size);
    EXPECT_NEAR(view_bytes, said, 1e3);
  }
}

/// What the trap would be: LibTorch runs on one thread, which must not become the number of threads of Kokkos.
TEST(TorchLinearEngine, LeavesKokkosItsThreads) {
  InPieces training(TorchLinearEngine::most_piece_bytes);
  const SampleSet samples = test::sine_samples<float>(100);
  const SampleSet::Order order("order", 100);
  std::iota(order.data(), order.data() + order.extent(0), 0);
  training.engine->train(samples, order, 32);
  const auto space = Kokkos::DefaultHostExecutionSpace();
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Kokkos::parallel_for("test::threads", Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace>(space, 0, 100'000),
                       [&](const int i) {
                         if (i % 100 == 0) {
                           const std::scoped_lock lock(mutex);
                           threads.insert(std::this_thread::get_id());
                         }
                       });
  space.fence();
  EXPECT_EQ(static_cast<int>(threads.size()), concurrency(host_execution()));
}

}  // namespace
}  // namespace ailoop
