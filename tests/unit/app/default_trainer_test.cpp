// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_printer.hpp>

#include "settings_of_text.hpp"
#include <gmock/gmock.h>

namespace ailoop {
namespace {

using test::read;
using test::refusal;
using ::testing::HasSubstr;

constexpr const char* smallest = "schema: 1\nproblem: {name: sine}\n";

TEST(DefaultTrainer, IsAllThatDefaultsHaveNotFromTheOriginalWorkflow) {
  const RunSettings settings = read(smallest);
  EXPECT_EQ(settings.tolerance.absolute, std::vector{0.05});
  EXPECT_EQ(settings.answers_wanted({}), 5);
  EXPECT_EQ(settings.sampling.per_rank, 32);
  EXPECT_EQ(settings.approximation_ranks, 4);
  EXPECT_EQ(settings.surrogate.name, "polynomial");
  EXPECT_EQ(settings.trainer.name, "least_squares");
  EXPECT_FALSE(settings.initial_model.has_value());
  const std::string text = print_settings(settings);
  EXPECT_THAT(text, HasSubstr("  history: all\n"));
  const std::string of_adam = print_settings(read(smallest, {"training.trainer=adam"}));
  EXPECT_THAT(of_adam, HasSubstr("  batch_size: 32\n"));
  EXPECT_THAT(of_adam, HasSubstr("  epochs: 1\n"));
}

TEST(DefaultTrainer, HasNoSettingsOfAnother) {
  EXPECT_NO_THROW(static_cast<void>(read(smallest, {"training.trainer=sgd", "training.momentum=0.9"})));
  EXPECT_EQ(refusal(smallest, {"training.momentum=0.9"}),
            "--set training.momentum=0.9: training.momentum: unknown key; momentum belongs to trainer: sgd; name it");
  EXPECT_THAT(refusal(smallest, {"training.learning_rate=0.9"}),
              HasSubstr("learning_rate belongs to trainer: adam or sgd; name one"));
  EXPECT_THAT(refusal(smallest, {"training.trainer=sgd", "training.beta_1=0.9"}),
              HasSubstr("beta_1 belongs to trainer: adam, not to sgd"));
  EXPECT_THAT(refusal(smallest, {"training.learningrate=0.9"}),
              HasSubstr("did you mean learning_rate? It belongs to trainer: adam or sgd; name one"));
  EXPECT_THAT(refusal(smallest, {"queries.points=9"}), HasSubstr("points belongs to source: grid; name it"));
}

}  // namespace
}  // namespace ailoop
