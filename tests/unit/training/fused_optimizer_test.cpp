// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/box.hpp>
#include <ailoop/test/near.hpp>

#include "training_case.hpp"
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace ailoop {
namespace {

using kernels::Basis;
using test::TrainingCase;

constexpr std::int64_t n_steps = 128;

/// Samples of y_o = sin(x_0 + o) cos(x_1) ... in the precision T.
template <class T>
SampleSet smooth_samples(std::int64_t count, std::int64_t dimension, std::int64_t outputs) {
  SampleSet samples(precision_of<T>, count, dimension, outputs);
  const auto& rows = std::get<ArrayOf<T>>(samples.rows());
  for (std::int64_t i = 0; i < count; ++i) {
    double product = 1.0;
    for (std::int64_t j = 0; j < dimension; ++j) {
      const double x = -1 + 2 * std::fmod(0.6180339887 * static_cast<double>((i + 1) * (j + 1)), 1.0);
      rows(i, j) = static_cast<T>(x);
      product *= j == 0 ? 1.0 : std::cos(x);
    }
    for (std::int64_t o = 0; o < outputs; ++o) {
      rows(i, dimension + o) =
          static_cast<T>(product * std::sin(static_cast<double>(rows(i, 0)) + static_cast<double>(o)));
    }
  }
  return samples;
}

/// What training with this engine leaves: parameters and optimizer state.
std::map<std::string, std::vector<double>> trained(TrainingEngine engine, const PolynomialSettings& polynomial,
                                                   const OptimizerSettings& optimizer, TrainingSettings settings,
                                                   const Facts& facts, const SampleSet& samples) {
  settings.engine = engine;
  TrainingCase training(polynomial, optimizer, settings, 42, facts);
  training.trainer->fit(samples);
  return test::everything_of(training);
}

/// Both engines, from the same start, end with the same numbers: relative to the largest of its kind.
template <class T>
void expect_engines_agree(const PolynomialSettings& polynomial, const OptimizerSettings& optimizer,
                          const TrainingSettings& settings, std::int64_t dimension, std::int64_t outputs, double rtol) {
  const SampleSet samples =
      smooth_samples<T>(n_steps * settings.batch_size - settings.batch_size / 3, dimension, outputs);
  const Facts facts = test::box(dimension, outputs);
  const auto expected = trained(TrainingEngine::libtorch, polynomial, optimizer, settings, facts, samples);
  const auto actual = trained(TrainingEngine::fused, polynomial, optimizer, settings, facts, samples);
  // Relative to the largest number of its kind: of parameters, or of moments. A bias may be close to zero by chance.
  std::map<std::string, double> largest;
  const auto kind_of = [](const std::string& name) { return name.substr(0, name.find("fc.")); };
  for (const auto& [name, numbers] : expected) {
    for (const double number : numbers) {
      largest[kind_of(name)] = std::max(largest[kind_of(name)], std::abs(number));
    }
  }
  for (const auto& [name, numbers] : expected) {
    EXPECT_THAT(actual.at(name), test::near(numbers, 0.0, rtol * largest[kind_of(name)])) << name;
  }
  EXPECT_EQ(actual.at(expected.contains("adam.step") ? "adam.step" : "sgd.step")[0], static_cast<double>(n_steps));
}

TEST(FusedEngine, TakesTheStepsOfLibTorch) {
  for (const Basis basis : {Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite}) {
    for (const Loss loss : {Loss::smooth_l1, Loss::mse}) {
      for (const std::int64_t batch_size : {1, 7, 32, 100}) {
        SCOPED_TRACE(::testing::Message() << "basis " << static_cast<int>(basis) << ", loss " << static_cast<int>(loss)
                                          << ", batch " << batch_size);
        TrainingSettings settings;
        settings.loss = loss;
        settings.batch_size = batch_size;
        const AdamSettings adam;
        const SgdSettings sgd{1e-4, 0.9};
        expect_engines_agree<float>({basis, 5, Precision::float32}, adam, settings, 1, 1, 1e-5);
        expect_engines_agree<float>({basis, 5, Precision::float32}, sgd, settings, 1, 1, 1e-5);
        expect_engines_agree<double>({basis, 5, Precision::float64}, adam, settings, 1, 1, 1e-12);
        expect_engines_agree<double>({basis, 5, Precision::float64}, sgd, settings, 1, 1, 1e-12);
      }
    }
  }
}

TEST(FusedEngine, OfSeveralVariablesAndOutputsTakesTheStepsOfLibTorch) {
  for (const std::int64_t batch_size : {5, 64}) {
    TrainingSettings settings;
    settings.batch_size = batch_size;
    expect_engines_agree<float>({Basis::chebyshev, 3, Precision::float32}, AdamSettings{}, settings, 3, 2, 1e-5);
    expect_engines_agree<double>({Basis::legendre, 4, Precision::float64}, AdamSettings{}, settings, 2, 3, 1e-12);
  }
}

}  // namespace
}  // namespace ailoop
