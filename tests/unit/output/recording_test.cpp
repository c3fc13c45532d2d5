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
  const WrittenBytes columns =
      written_bytes({RecordedChecks::none, AnswersFormat::safetensors}, of_two_inputs(), 1'000'000);
  EXPECT_EQ(columns.certain, 25e6) << "three numbers and a code each";
  EXPECT_EQ(columns.estimated, 0.0);
  EXPECT_THAT(room_warning(columns, 25e6, "out"), IsEmpty());
  try {
    static_cast<void>(room_warning(columns, 24e6, "out"));
    FAIL() << "it does not fit";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the answers take 0.025 GB, the disk of out has 0.024 GB left"));
  }
  const WrittenBytes text = written_bytes({RecordedChecks::all, AnswersFormat::csv}, of_two_inputs(), 1'000'000);
  EXPECT_EQ(text.certain, 0.0);
  EXPECT_THAT(room_warning(text, text.estimated + 1, "out"), IsEmpty());
  EXPECT_THAT(room_warning(text, 1e6, "out"), HasSubstr("answers and checks may take 0.45 GB"));
}

TEST(Recording, KnowsTheDiskOfAFolderThatIsNotThereYet) {
  EXPECT_GT(available_bytes("nowhere/at/all").value_or(0.0), 0.0);
}

}  // namespace
}  // namespace ailoop
