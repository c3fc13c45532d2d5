// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/model_snapshot.hpp>

#include "training_case.hpp"
#include <gtest/gtest.h>

#include <limits>

namespace ailoop::test {
namespace {

TrainingCase adam_case() {
  TrainingSettings settings;
  settings.shuffle = false;
  return TrainingCase({kernels::Basis::monomial, 5, Precision::float32}, AdamSettings{}, settings);
}

TEST(ModelSnapshot, GivesBackParametersAndOptimizerBitByBit) {
  TrainingCase training = adam_case();
  training.trainer->fit(sine_samples<float>(64));
  ModelSnapshot snapshot;
  snapshot.take(*training.surrogate, *training.trainer);
  const auto taken = everything_of(training);
  training.trainer->fit(sine_samples<float>(64));
  EXPECT_NE(everything_of(training), taken);
  snapshot.restore(*training.surrogate, *training.trainer);
  EXPECT_EQ(everything_of(training), taken);
}

// LibTorch counts Adam's steps for itself, too: it must start again from the count that was restored.
TEST(ModelSnapshot, TrainingGoesOnFromItAsIfNothingHadHappened) {
  TrainingCase undisturbed = adam_case();
  undisturbed.trainer->fit(sine_samples<float>(64));
  undisturbed.trainer->fit(sine_samples<float>(96));

  TrainingCase training = adam_case();
  training.trainer->fit(sine_samples<float>(64));
  ModelSnapshot snapshot;
  snapshot.take(*training.surrogate, *training.trainer);
  training.trainer->fit(sine_samples<float>(512));
  snapshot.restore(*training.surrogate, *training.trainer);
  training.trainer->fit(sine_samples<float>(96));
  EXPECT_EQ(everything_of(training), everything_of(undisturbed));
}

TEST(ModelSnapshot, TrainingGoesOnFromItAfterADivergenceAsIfThatHadNotHappened) {
  TrainingCase undisturbed = adam_case();
  undisturbed.trainer->fit(sine_samples<float>(64));
  undisturbed.trainer->fit(sine_samples<float>(96));

  TrainingCase training = adam_case();
  training.trainer->fit(sine_samples<float>(64));
  ModelSnapshot snapshot;
  snapshot.take(*training.surrogate, *training.trainer);
  const SampleSet spoilt = sine_samples<float>(512);
  std::get<ArrayOf<float>>(spoilt.rows())(300, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(training.trainer->fit(spoilt), DivergenceError);
  snapshot.restore(*training.surrogate, *training.trainer);
  training.trainer->fit(sine_samples<float>(96));
  EXPECT_EQ(everything_of(training), everything_of(undisturbed));
}

}  // namespace
}  // namespace ailoop::test
