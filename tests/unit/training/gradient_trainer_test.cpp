// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/gradient_trainer.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/test/near.hpp>
#include <ailoop/training/sample_order.hpp>

#include "reference_training.hpp"
#include "training_case.hpp"
#include <gmock/gmock.h>

#include <limits>
#include <numeric>

namespace ailoop {
namespace {

using kernels::Basis;
using test::ReferenceTraining;
using test::sine_samples;
using test::TrainingCase;

constexpr std::size_t n_features = 6;
constexpr AdamSettings adam_defaults{};

/// The features x^0 ... x^5 and targets of samples in a given order, in double.
struct Rows {
  std::vector<double> features;
  std::vector<double> targets;
};

template <class T>
Rows ordered_rows(const SampleSet& samples, const std::vector<std::int64_t>& order) {
  Rows out;
  const auto& rows = std::get<ArrayOf<T>>(samples.rows());
  for (const std::int64_t i : order) {
    T power = 1;
    for (std::size_t k = 0; k < n_features; ++k) {
      out.features.push_back(static_cast<double>(power));
      power *= rows(i, 0);
    }
    out.targets.push_back(static_cast<double>(rows(i, 1)));
  }
  return out;
}

/// The same epochs by the reference.
template <class T>
void train_reference(ReferenceTraining& reference, const SampleSet& samples, const TrainingSettings& settings,
                     std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples.count()));
  for (std::int64_t epoch = 0; epoch < settings.epochs; ++epoch) {
    settings.shuffle ? shuffled_order(seed, epoch, order) : std::iota(order.begin(), order.end(), 0);
    const Rows rows = ordered_rows<T>(samples, order);
    for (std::size_t first = 0; first < order.size(); first += static_cast<std::size_t>(settings.batch_size)) {
      const std::size_t n = std::min(static_cast<std::size_t>(settings.batch_size), order.size() - first);
      reference.step(std::span(rows.features).subspan(first * n_features, n * n_features),
                     std::span(rows.targets).subspan(first, n));
    }
  }
}

template <class T>
void expect_same_as_reference(const OptimizerSettings& optimizer, const TrainingSettings& settings, std::int64_t count,
                              double rtol, double atol) {
  const SampleSet samples = sine_samples<T>(count);
  TrainingCase training({Basis::monomial, 5, precision_of<T>}, optimizer, settings, 11);
  ReferenceTraining reference(n_features, settings.loss, optimizer);
  const TrainingReport report = training.trainer->fit(samples);
  train_reference<T>(reference, samples, settings, 11);

  EXPECT_EQ(report.steps, reference.steps);
  auto numbers = test::everything_of(training);
  std::vector<double> parameters = numbers["fc.weight"];
  parameters.push_back(numbers["fc.bias"][0]);
  EXPECT_THAT(parameters, test::near(reference.parameters, rtol, atol));
  if (std::holds_alternative<AdamSettings>(optimizer)) {
    std::vector<double> first = numbers["adam.exp_avg.fc.weight"];
    first.push_back(numbers["adam.exp_avg.fc.bias"][0]);
    EXPECT_THAT(first, test::near(reference.first, rtol, atol));
    std::vector<double> second = numbers["adam.exp_avg_sq.fc.weight"];
    second.push_back(numbers["adam.exp_avg_sq.fc.bias"][0]);
    EXPECT_THAT(second, test::near(reference.second, rtol, atol));
    EXPECT_EQ(numbers["adam.step"][0], static_cast<double>(reference.steps));
  }
}

template <class Space>
int count_on(const Space& space, std::int64_t n) {
  int count = 0;
  Kokkos::parallel_reduce(
      "ailoop::test::count_on", kernels::range(space, n), KOKKOS_LAMBDA(std::int64_t /*i*/, int& sum) { ++sum; },
      count);
  return count;
}

class GradientTrainerOf : public ::testing::TestWithParam<TrainingEngine> {
 protected:
  [[nodiscard]] static TrainingSettings with_engine() { return {.engine = GetParam()}; }
};

TEST_P(GradientTrainerOf, AdamIsTheReferencesAdamInDoublePrecision) {
  for (const Loss loss : {Loss::smooth_l1, Loss::mse}) {
    TrainingSettings settings = with_engine();
    settings.loss = loss;
    settings.epochs = 3;
    expect_same_as_reference<double>(adam_defaults, settings, 256, 1e-10, 1e-13);
  }
}

TEST_P(GradientTrainerOf, AdamIsTheReferencesAdamInSinglePrecision) {
  expect_same_as_reference<float>(adam_defaults, with_engine(), 256, 1e-4, 1e-6);
}

TEST_P(GradientTrainerOf, SgdWithAndWithoutMomentumIsTheReferences) {
  for (const double momentum : {0.0, 0.9}) {
    expect_same_as_reference<double>(SgdSettings{1e-4, momentum}, with_engine(), 256, 1e-10, 1e-13);
  }
}

TEST_P(GradientTrainerOf, LastBatchMayBeSmaller) {
  TrainingSettings settings = with_engine();
  settings.batch_size = 100;
  expect_same_as_reference<double>(adam_defaults, settings, 250, 1e-10, 1e-13);
  settings.batch_size = 1000;
  expect_same_as_reference<double>(adam_defaults, settings, 250, 1e-10, 1e-13);
}

TEST_P(GradientTrainerOf, LargeErrorsFollowTheLinearPartOfSmoothL1) {
  TrainingSettings settings = with_engine();
  settings.shuffle = false;
  const SampleSet samples = sine_samples<double>(64);
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    std::get<ArrayOf<double>>(samples.rows())(i, 1) += i % 2 == 0 ? 7.0 : -7.0;
  }
  TrainingCase training({Basis::monomial, 5, Precision::float64}, adam_defaults, settings);
  ReferenceTraining reference(n_features, settings.loss, adam_defaults);
  training.trainer->fit(samples);
  train_reference<double>(reference, samples, settings, 42);
  EXPECT_THAT(test::everything_of(training)["fc.weight"],
              test::near(std::span(reference.parameters).first(n_features), 1e-10, 1e-13));
}

TEST_P(GradientTrainerOf, TrainsTheParametersWhereTheyLie) {
  TrainingCase training({Basis::monomial, 5, Precision::float32}, adam_defaults, with_engine());
  const auto before = training.surrogate->parameters();
  training.trainer->fit(sine_samples<float>(64));
  const auto after = training.surrogate->parameters();
  const auto weight = std::get<std::span<float>>(after[0].values);
  EXPECT_EQ(weight.data(), std::get<std::span<float>>(before[0].values).data());
  EXPECT_THAT(weight, ::testing::Each(::testing::Ne(0.0F)));
}

TEST_P(GradientTrainerOf, ContinuesARestoredStateExactly) {
  const SampleSet samples = sine_samples<float>(256);
  for (const OptimizerSettings& optimizer :
       {OptimizerSettings(adam_defaults), OptimizerSettings(SgdSettings{1e-4, 0.9})}) {
    TrainingSettings settings = with_engine();
    settings.shuffle = false;
    TrainingCase whole({Basis::legendre, 5, Precision::float32}, optimizer, settings);
    whole.trainer->fit(samples);
    const auto half_way = test::everything_of(whole);
    whole.trainer->fit(samples);

    TrainingCase continued({Basis::legendre, 5, Precision::float32}, optimizer, settings);
    test::restore(continued, half_way);
    continued.trainer->fit(samples);
    EXPECT_EQ(test::everything_of(continued), test::everything_of(whole));
  }
}

TEST_P(GradientTrainerOf, RepeatsBitByBit) {
  const auto train = [&] {
    TrainingSettings settings = with_engine();
    settings.epochs = 4;
    TrainingCase training({Basis::chebyshev, 7, Precision::float32}, adam_defaults, settings);
    training.trainer->fit(sine_samples<float>(300));
    return test::everything_of(training);
  };
  EXPECT_EQ(train(), train());
}

TEST_P(GradientTrainerOf, ReportsTheMeanLossOfFirstAndLastEpoch) {
  TrainingSettings settings = with_engine();
  settings.loss = Loss::mse;
  settings.batch_size = 1000;  // one batch: the loss of the start model over all samples
  settings.epochs = 2;
  const SampleSet samples = sine_samples<double>(500);
  double mean_square = 0.0;
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    const double y = std::get<ArrayOf<double>>(samples.rows())(i, 1);
    mean_square += y * y / 500;
  }
  TrainingCase training({Basis::monomial, 5, Precision::float64}, adam_defaults, settings);
  const TrainingReport report = training.trainer->fit(samples);
  EXPECT_NEAR(report.first_loss, mean_square, 1e-12);
  EXPECT_LT(report.last_loss, report.first_loss);
  EXPECT_NEAR(report.error_before, mean_square, 1e-12);
  EXPECT_LT(report.error_after, report.last_loss) << "of what the last step left";
  EXPECT_EQ(report.samples, 500);
  EXPECT_EQ(report.steps, 2);
}

TEST_P(GradientTrainerOf, LearnsTheSine) {
  TrainingSettings settings = with_engine();
  settings.epochs = 200;
  TrainingCase training({Basis::chebyshev, 5, Precision::float32}, adam_defaults, settings);
  const TrainingReport report = training.trainer->fit(sine_samples<float>(512));
  EXPECT_LT(report.last_loss, 1e-3);
}

TEST_P(GradientTrainerOf, SaysSoWhenTrainingDiverges) {
  TrainingSettings settings = with_engine();
  settings.loss = Loss::mse;
  TrainingCase training({Basis::monomial, 5, Precision::float32}, SgdSettings{1e30, 0.0}, settings);
  EXPECT_THROW(training.trainer->fit(sine_samples<float>(256)), NumericalError);
}

TEST_P(GradientTrainerOf, SaysSoWhenASampleIsNotANumber) {
  const SampleSet samples = sine_samples<double>(64);
  std::get<ArrayOf<double>>(samples.rows())(17, 1) = std::numeric_limits<double>::quiet_NaN();
  TrainingCase training({Basis::monomial, 5, Precision::float64}, adam_defaults, with_engine());
  EXPECT_THROW(training.trainer->fit(samples), NumericalError);
}

TEST_P(GradientTrainerOf, AFitThatFailsNeverWas) {
  const SampleSet samples = sine_samples<double>(64);
  auto& number = std::get<ArrayOf<double>>(samples.rows())(17, 1);
  const double good = number;
  TrainingSettings settings = with_engine();
  settings.epochs = 2;
  settings.batch_size = 8;
  TrainingCase undisturbed({Basis::monomial, 5, Precision::float64}, adam_defaults, settings);
  TrainingCase training({Basis::monomial, 5, Precision::float64}, adam_defaults, settings);
  for (TrainingCase* one : {&undisturbed, &training}) {
    one->trainer->fit(samples);
  }
  const auto before = test::everything_of(training);
  number = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(training.trainer->fit(samples), DivergenceError);
  test::restore(training, before);
  number = good;
  for (TrainingCase* one : {&undisturbed, &training}) {
    one->trainer->fit(samples);
  }
  EXPECT_EQ(test::everything_of(training), test::everything_of(undisturbed)) << "the order of the samples, too";
}

TEST_P(GradientTrainerOf, LeavesKokkosItsThreads) {
  const int before = concurrency(Execution::host_threads);
  TrainingCase training({Basis::monomial, 5, Precision::float32}, adam_defaults, with_engine());
  training.trainer->fit(sine_samples<float>(64));
  EXPECT_EQ(concurrency(Execution::host_threads), before);
  EXPECT_EQ(on_space(Execution::host_threads, [](const auto& space) { return count_on(space, 1000); }), 1000);
}

INSTANTIATE_TEST_SUITE_P(Engines, GradientTrainerOf, ::testing::Values(TrainingEngine::libtorch, TrainingEngine::fused),
                         [](const auto& engine) {
                           return engine.param == TrainingEngine::libtorch ? "libtorch" : "fused";
                         });

}  // namespace
}  // namespace ailoop
