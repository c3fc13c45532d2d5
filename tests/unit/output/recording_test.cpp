// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/recording.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

namespace ailoop {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Facts of_two_inputs() {
  Facts facts;
  facts.lower = {0.0, 0.0};
  facts.upper = {1.0, 1.0};
  facts.dimension = 2;
  return facts;
}

TEST(Recording, WritesColumnsWhereTextWouldBeLong) {
  const Recording wanted{RecordedChecks::automatic, AnswersFormat::automatic};
  EXPECT_EQ(decided(wanted, of_two_inputs(), 1000), (Recording{RecordedChecks::all, AnswersFormat::csv}));
  EXPECT_EQ(decided(wanted, of_two_inputs(), 10'000'000),
            (Recording{RecordedChecks::not_accepted, AnswersFormat::safetensors}));
}

TEST(Recording, RefusesWhatCertainlyDoesNotFitAndWarnsOfWhatMayNot) {
  const auto warning = [](const Recording& recording, double available) {
    return room_warning(recording, of_two_inputs(), 1'000'000, available, "out");
  };
  const Recording columns{RecordedChecks::none, AnswersFormat::safetensors};
  EXPECT_THAT(warning(columns, 25e6), IsEmpty()) << "three numbers and a code each";
  EXPECT_THROW(static_cast<void>(warning(columns, 25e6 - 1)), ConfigurationError);
  try {
    static_cast<void>(warning(columns, 24e6));
    FAIL() << "it does not fit";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the answers take 0.025 GB, the disk of out has 0.024 GB left"));
  }
  const Recording text{RecordedChecks::all, AnswersFormat::csv};
  EXPECT_THAT(warning(text, 450e6 + 1), IsEmpty());
  EXPECT_THAT(warning(text, 0.0), HasSubstr("answers and checks may take 0.45 GB")) << "which is no refusal";
}

TEST(Recording, KnowsTheDiskOfAFolderThatIsNotThereYet) {
  EXPECT_GT(available_bytes("nowhere/at/all").value_or(0.0), 0.0);
}

}  // namespace
}  // namespace ailoop
