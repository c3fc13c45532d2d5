// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/model_file.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "training_case.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <utility>

namespace ailoop {
namespace {

using kernels::Basis;
using test::TrainingCase;

const Facts& sine_facts() {
  static const SineProblem problem({.terms = 4});
  return problem.facts();
}

TrainedModel model_of(TrainingCase& training) { return {"sine", sine_facts(), *training.surrogate, *training.trainer}; }

TrainingCase trained(const PolynomialSettings& polynomial = {Basis::monomial, 5, Precision::float32}) {
  TrainingCase training(polynomial, AdamSettings{}, {});
  polynomial.precision == Precision::float32 ? training.trainer->fit(test::sine_samples<float>(256))
                                             : training.trainer->fit(test::sine_samples<double>(256));
  return training;
}

/// The message with which loading fails.
std::string refusal(const std::filesystem::path& path, TrainingCase& training) {
  try {
    load_model(path, model_of(training));
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

class ModelFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return m_folder.path() / "model.safetensors"; }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(ModelFile, BringsBackParametersAndOptimizerStateBitByBit) {
  for (const Precision precision : {Precision::float32, Precision::float64}) {
    TrainingCase saved = trained({Basis::hermite, 5, precision});
    save_model(path(), model_of(saved));
    TrainingCase loaded({Basis::hermite, 5, precision}, AdamSettings{}, {});
    EXPECT_TRUE(load_model(path(), model_of(loaded)).optimizer_state);
    EXPECT_EQ(test::everything_of(loaded), test::everything_of(saved));
  }
}

TEST_F(ModelFile, HasTheHashThatIsReported) {
  TrainingCase training = trained();
  const std::string hash = save_model(path(), model_of(training));
  EXPECT_EQ(hash, sha256_hex(test::read_bytes(path())));
  EXPECT_EQ(load_model(path(), model_of(training)).sha256, hash);
}

TEST_F(ModelFile, HasTheTensorsOfTheContract) {
  TrainingCase training = trained();
  save_model(path(), model_of(training));
  const SafetensorsFile file = read_safetensors(path());
  EXPECT_THAT(file.tensor("fc.weight").shape, ::testing::ElementsAre(1, 6));
  EXPECT_THAT(file.tensor("fc.bias").shape, ::testing::ElementsAre(1));
  EXPECT_THAT(file.tensor("adam.exp_avg.fc.weight").shape, ::testing::ElementsAre(1, 6));
  EXPECT_THAT(file.tensor("adam.exp_avg_sq.fc.bias").shape, ::testing::ElementsAre(1));
  EXPECT_THAT(file.tensor("adam.step").shape, ::testing::IsEmpty());
  EXPECT_THAT(file.values<std::int64_t>("adam.step"), ::testing::ElementsAre(8));
  EXPECT_EQ(file.metadata_value("format"), "ailoop-model");
  EXPECT_EQ(file.metadata_value("problem"), "sine");
  EXPECT_EQ(file.metadata_value("basis"), "monomial");
  EXPECT_EQ(file.metadata_value("degree"), "5");
}

TEST_F(ModelFile, OfScaledInputsSaysSoAndIsNotTakenForRawOnes) {
  TrainingCase raw = trained();
  save_model(path(), model_of(raw));
  EXPECT_FALSE(read_safetensors(path()).metadata.contains("inputs")) << "files of raw inputs never named them";
  TrainingCase scaled({Basis::monomial, 5, Precision::float32, {ComponentScaling::scaled}}, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), scaled), ::testing::HasSubstr("inputs is raw; the configuration needs scaled"));
  save_model(path(), model_of(scaled));
  EXPECT_EQ(read_safetensors(path()).metadata_value("inputs"), "scaled");
  EXPECT_THAT(refusal(path(), scaled), ::testing::IsEmpty());
  EXPECT_THAT(refusal(path(), raw), ::testing::HasSubstr("inputs is scaled; the configuration needs raw"));
}

TEST_F(ModelFile, KeepsTheScalingThatWasLearned) {
  using enum ComponentScaling;
  const PolynomialSettings settings{Basis::legendre, 3, Precision::float32, {standardized}, {standardized}};
  TrainingCase learned(settings, AdamSettings{}, {});
  SampleSet samples = test::sine_samples<float>(100);
  learned.surrogate->learn_scaling(samples);
  learned.surrogate->output_scaling()->apply(samples);
  learned.trainer->fit(samples);
  save_model(path(), model_of(learned));
  const SafetensorsFile file = read_safetensors(path());
  EXPECT_EQ(file.metadata_value("inputs"), "standardized");
  EXPECT_EQ(file.metadata_value("outputs"), "standardized");
  TrainingCase loaded(settings, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), loaded), ::testing::IsEmpty());
  EXPECT_EQ(test::everything_of(loaded), test::everything_of(learned));
  for (const double x : {-1.5, 0.2, 1.9}) {
    double expected = 0.0;
    double found = 0.0;
    learned.surrogate->predict(Execution::calling_thread, {&x, 1, 1}, {&expected, 1, 1});
    loaded.surrogate->predict(Execution::calling_thread, {&x, 1, 1}, {&found, 1, 1});
    EXPECT_EQ(found, expected);
  }
  TrainingCase other({Basis::legendre, 3, Precision::float32, {standardized}}, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), other), ::testing::HasSubstr("outputs is standardized; the configuration needs raw"));
}

TEST_F(ModelFile, OfTwoInputsAndThreeOutputsComesBack) {
  Facts facts;
  facts.dimension = 2;
  facts.outputs = 3;
  facts.lower = {0.0, -1.0};
  facts.upper = {1.0, 1.0};
  const auto make = [&](std::int64_t degree) { return make_polynomial({Basis::chebyshev, degree}, facts); };
  const auto trainer_of = [](LinearSurrogate& surrogate) {
    return GradientTrainer(AdamSettings{}, {}, TrainerContext{Execution::host_threads, 1}, surrogate);
  };
  const auto saved = make(3);
  GradientTrainer trainer = trainer_of(*saved);
  SampleSet samples(Precision::float32, 64, 2, 3);
  const auto& rows = std::get<ArrayOf<float>>(samples.rows());
  for (std::int64_t i = 0; i < 64; ++i) {
    for (std::int64_t j = 0; j < 5; ++j) {
      rows(i, j) = static_cast<float>(std::sin(static_cast<double>(7 * i + j)));
    }
  }
  trainer.fit(samples);
  save_model(path(), {"two", facts, *saved, trainer});
  const SafetensorsFile file = read_safetensors(path());
  EXPECT_THAT(file.tensor("fc.weight").shape, ::testing::ElementsAre(3, 10));
  EXPECT_THAT(file.tensor("fc.bias").shape, ::testing::ElementsAre(3));
  EXPECT_EQ(file.metadata_value("order"), "graded lexicographic");
  EXPECT_EQ(file.metadata_value("box"), "[0,1]x[-1,1]");

  const auto loaded = make(3);
  GradientTrainer other = trainer_of(*loaded);
  load_model(path(), {"two", facts, *loaded, other});
  test::ArchiveOfNumbers before;
  test::ArchiveOfNumbers after;
  show_parameters(*saved, before);
  trainer.state(before);
  show_parameters(*loaded, after);
  other.state(after);
  EXPECT_EQ(after.numbers, before.numbers);
  EXPECT_THAT(before.numbers["fc.weight"], ::testing::Not(::testing::Each(0.0)));

  const auto another = make(4);
  GradientTrainer another_trainer = trainer_of(*another);
  EXPECT_THROW(load_model(path(), {"two", facts, *another, another_trainer}), ConfigurationError);
}

TEST_F(ModelFile, OfAnotherModelIsRefusedWithBothValues) {
  TrainingCase training = trained();
  save_model(path(), model_of(training));
  TrainingCase other_basis({Basis::legendre, 5, Precision::float32}, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), other_basis),
              ::testing::AllOf(::testing::HasSubstr("basis is monomial"), ::testing::HasSubstr("needs legendre")));
  TrainingCase other_degree({Basis::monomial, 4, Precision::float32}, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), other_degree), ::testing::HasSubstr("degree is 5"));
  TrainingCase other_precision({Basis::monomial, 5, Precision::float64}, AdamSettings{}, {});
  EXPECT_THAT(refusal(path(), other_precision), ::testing::HasSubstr("fc.weight"));
}

TEST_F(ModelFile, OfAnotherProblemIsRefused) {
  TrainingCase training = trained();
  TrainedModel model = model_of(training);
  model.problem = "cosine";
  save_model(path(), model);
  EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr("problem is cosine"));
}

TEST_F(ModelFile, IsQuotedInOneShortLine) {
  TrainingCase training = trained();
  TrainedModel model = model_of(training);
  model.problem = "co\nsine" + std::string(100'000, 'e');
  save_model(path(), model);
  EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr("problem is co\\x0asinee"));
  EXPECT_LT(refusal(path(), training).size(), 400U);
}

TEST_F(ModelFile, WithoutThisOptimizersStateLoadsTheParametersAlone) {
  TrainingCase adam = trained();
  save_model(path(), model_of(adam));
  TrainingCase sgd({Basis::monomial, 5, Precision::float32}, SgdSettings{}, {});
  EXPECT_FALSE(load_model(path(), model_of(sgd)).optimizer_state);
  EXPECT_EQ(test::everything_of(sgd)["fc.weight"], test::everything_of(adam)["fc.weight"]);
  EXPECT_THAT(test::everything_of(sgd)["sgd.step"], ::testing::ElementsAre(0));
}

TEST_F(ModelFile, WithAPartOfTheStateIsRefused) {
  TrainingCase training = trained();
  save_model(path(), model_of(training));
  SafetensorsFile file = read_safetensors(path());
  std::erase_if(file.tensors, [](const Tensor& tensor) { return tensor.name == "adam.exp_avg_sq.fc.bias"; });
  write_safetensors(path(), file);
  EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr("adam.exp_avg_sq.fc.bias"));
}

TEST_F(ModelFile, WithNumbersThatNoTrainingCanGoOnFromIsRefused) {
  TrainingCase training = trained();
  save_model(path(), model_of(training));
  const SafetensorsFile good = read_safetensors(path());
  for (const auto& replacement :
       {std::pair<std::string, Tensor>{"fc.bias", make_tensor<float>("fc.bias", {1}, std::vector<float>{NAN})},
        {"adam.step", make_scalar<std::int64_t>("adam.step", -1)}}) {
    const std::string& name = replacement.first;
    SafetensorsFile file = good;
    std::erase_if(file.tensors, [&](const Tensor& tensor) { return tensor.name == name; });
    file.tensors.push_back(replacement.second);
    write_safetensors(path(), file);
    EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr(name));
  }
}

TEST_F(ModelFile, ThatIsMissingOrNoModelFileIsAConfigurationError) {
  TrainingCase training = trained();
  EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr("model.safetensors"));
  test::write_bytes(path(), "not a model");
  EXPECT_THAT(refusal(path(), training), ::testing::HasSubstr("model.safetensors"));
}

}  // namespace
}  // namespace ailoop
