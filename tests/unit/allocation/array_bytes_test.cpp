// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What classes say of the bytes of their arrays, against what they allocate: an array that is added and not counted, or
// counted and no longer there, fails here.
#include <ailoop/emulator/query_table.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/storage/append_file.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/box.hpp>
#include <ailoop/test/counted_allocations.hpp>
#include <ailoop/test/temporary_folder.hpp>
#include <ailoop/training/gradient_trainer.hpp>
#include <ailoop/training/model_snapshot.hpp>

#include "byte_counter.hpp"
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

using test::are_bytes;
using test::ByteCounter;
using test::many;
using test::peak_bytes;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

/// (dimension, outputs)
constexpr std::array shapes{std::pair(1, 1), std::pair(3, 1), std::pair(2, 5)};

TEST(ArrayBytes, OfSampleSet) {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    for (const auto& [dimension, outputs] : shapes) {
      EXPECT_THAT(peak_bytes([&] { const SampleSet samples(precision, many, dimension, outputs); }),
                  are_bytes(SampleSet::bytes(precision, many, dimension, outputs)));
    }
  }
}

TEST(ArrayBytes, OfQueryTable) {
  for (const auto& [dimension, outputs] : shapes) {
    EXPECT_THAT(peak_bytes([&] { const QueryTable table(dimension, outputs, true, many, 1); }),
                are_bytes(QueryTable::bytes(many, dimension, outputs)));
  }
}

TEST(ArrayBytes, OfAQueryTableThatGrowsAreAtMostWhatItSays) {
  for (const auto& [dimension, outputs] : shapes) {
    const double said = QueryTable::grown_bytes(many, dimension, outputs);
    const double peak = peak_bytes([&] {
      QueryTable table(dimension, outputs, true, 10, 1);
      for (std::int64_t first = 0; first < many; first += 100) {
        table.append(first, 100);
      }
    });
    EXPECT_THAT(peak, AllOf(Ge(0.6 * said), Le(said + test::small_bytes)));
  }
}

TEST(ArrayBytes, OfTheStateOfQueryTable) {
  for (const auto& [dimension, outputs] : shapes) {
    QueryTable table(dimension, outputs, true, many, 1);
    table.append(0, many);
    ByteCounter counter;
    const double peak = peak_bytes([&] { table.state(counter); });
    EXPECT_EQ(counter.bytes, QueryTable::packed_bytes(many, dimension, outputs));
    EXPECT_THAT(peak, are_bytes(counter.bytes));
  }
}

TEST(ArrayBytes, OfListedQueries) {
  std::vector<double> points;
  EXPECT_THAT(
      peak_bytes([&] { const ListedQueries queries(std::vector<double>(static_cast<std::size_t>(3 * many)), 3); }),
      are_bytes(ListedQueries::bytes(many, 3)));
}

TEST(ArrayBytes, OfAppendFile) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(peak_bytes([&] { const AppendFile file(folder.path() / "lines"); }), are_bytes(AppendFile::bytes()));
}

/// With as many parameters as other tests have points.
std::unique_ptr<LinearSurrogate> large_polynomial(const Facts& facts, Precision precision) {
  return make_polynomial({kernels::Basis::legendre, 80, precision}, facts);  // 91,881 features of three inputs
}

TEST(ArrayBytes, OfParameters) {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    std::unique_ptr<LinearSurrogate> model;
    const double peak = peak_bytes([&] { model = large_polynomial(test::box(3, 2), precision); });
    EXPECT_THAT(peak, are_bytes(parameter_bytes(*model)));
  }
}

SampleSet zeros(const Facts& facts, Precision precision, std::int64_t count) {
  SampleSet samples(precision, count, facts.dimension, facts.outputs);
  std::visit([](const auto& rows) { std::fill_n(rows.data, rows.size(), 0); }, samples.rows());
  return samples;
}

class GradientTrainerBytes : public ::testing::TestWithParam<OptimizerSettings> {};

/// Few samples and many features, and the other way round: all arrays are large in one of the two.
TEST_P(GradientTrainerBytes, AreThoseOfItsArraysAndOfTheFusedEngine) {
  const TrainingSettings settings{.engine = TrainingEngine::fused};
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    for (const auto& [dimension, samples_count] : {std::pair(3, std::int64_t{40}), std::pair(1, many)}) {
      const Facts facts = test::box(dimension, 1);
      const auto model = dimension == 1 ? make_polynomial({.precision = precision}, facts)  //
                                        : large_polynomial(facts, precision);
      const SampleSet samples = zeros(facts, precision, samples_count);
      ByteCounter state;
      const double peak = peak_bytes([&] {
        GradientTrainer trainer(GetParam(), settings, {Execution::calling_thread, 1}, *model);
        trainer.fit(samples);
        trainer.state(state);
      });
      EXPECT_THAT(peak, are_bytes(GradientTrainer::bytes(settings, *model, samples_count)));
      EXPECT_EQ(state.bytes, GradientTrainer::state_bytes(GetParam(), *model));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, GradientTrainerBytes, ::testing::Values(AdamSettings{}, SgdSettings{}));

TEST(ArrayBytes, OfModelSnapshot) {
  const auto model = large_polynomial(test::box(3, 2), Precision::float32);
  const OptimizerSettings adam = AdamSettings{};
  GradientTrainer trainer(adam, {.engine = TrainingEngine::fused}, {Execution::calling_thread, 1}, *model);
  const double shown = parameter_bytes(*model) + GradientTrainer::state_bytes(adam, *model);
  ModelSnapshot snapshot;
  EXPECT_THAT(peak_bytes([&] { snapshot.take(*model, trainer); }),
              AllOf(Ge(shown), Le(ModelSnapshot::bytes(shown) + test::small_bytes)));
}

TEST(ArrayBytes, OfTheCopiesOfACheckpoint) {
  const test::TemporaryFolder folder;
  CheckpointFolder checkpoints(folder.path() / "checkpoint");
  std::vector<double> list(static_cast<std::size_t>(5 * many));
  const double peak = peak_bytes([&] {
    SavedState saved;
    SafetensorsWriter writer(saved.now);
    writer.list("list", &list);
    checkpoints.write({}, saved);
  });
  EXPECT_THAT(peak, are_bytes(CheckpointFolder::bytes(static_cast<double>(list.size() * sizeof(double)))));
}

}  // namespace
}  // namespace ailoop
