// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/checkpoint_folder.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ailoop {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A state with everything that an archive can hold.
struct State {
  std::int64_t count = 3;
  double share = 0.25;
  std::vector<double> list = {1.5, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()};
  std::vector<std::int64_t> none;

  void show(StateArchive& archive) {
    archive.number("count", count);
    archive.number("share", share);
    archive.list("list", &list);
    archive.list("none", &none);
  }
};

class CheckpointFolderTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return m_folder.path() / "checkpoint"; }
  [[nodiscard]] fs::path file(int number) const { return path() / ("00000" + std::to_string(number) + ".safetensors"); }

  static void write(CheckpointFolder& folder, std::int64_t count, std::optional<std::int64_t> before_cut = {}) {
    State state;
    state.count = count;
    SavedState saved;
    SafetensorsWriter writer(saved.now);
    state.show(writer);
    if (before_cut) {
      State before;
      before.count = *before_cut;
      SafetensorsWriter of_before(saved.before_cut.emplace());
      before.show(of_before);
    }
    folder.write({{"loop.tolerance", "0.05"}}, saved);
  }

  /// Count of the newest usable checkpoint, 0 without one.
  [[nodiscard]] std::int64_t newest_count() const {
    const FoundCheckpoints found = CheckpointFolder(path()).find();
    if (!found.newest) {
      return 0;
    }
    return count_of(found.newest->state.now);
  }

  [[nodiscard]] static std::int64_t count_of(const SafetensorsFile& file) {
    State state;
    SafetensorsReader reader(file);
    state.show(reader);
    return state.count;
  }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(CheckpointFolderTest, GivesBackTheLastStateBitByBit) {
  CheckpointFolder folder(path());
  write(folder, 7);
  const FoundCheckpoints found = CheckpointFolder(path()).find();
  ASSERT_TRUE(found.newest.has_value());
  EXPECT_EQ(found.newest->facts, (CheckpointFacts{{"loop.tolerance", "0.05"}}));
  State state{1, 2.0, {}, {4, 5}};
  SafetensorsReader reader(found.newest->state.now);
  state.show(reader);
  EXPECT_EQ(state.count, 7);
  EXPECT_FALSE(found.newest->state.before_cut.has_value());
  EXPECT_EQ(state.share, 0.25);
  ASSERT_EQ(state.list.size(), 3U);
  EXPECT_TRUE(std::isnan(state.list[1]));
  EXPECT_EQ(state.list[2], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(state.none.empty());
}

TEST_F(CheckpointFolderTest, HoldsTheStateBeforeABatchThatWasCutShortBesideThatOfNow) {
  CheckpointFolder folder(path());
  write(folder, 7, 5);
  const FoundCheckpoints found = CheckpointFolder(path()).find();
  ASSERT_TRUE(found.newest.has_value() && found.newest->state.before_cut.has_value());
  EXPECT_EQ(count_of(found.newest->state.now), 7);
  EXPECT_EQ(count_of(*found.newest->state.before_cut), 5);
}

TEST_F(CheckpointFolderTest, KeepsTheLastTwoAndCountsOn) {
  CheckpointFolder folder(path());
  for (int i = 1; i <= 4; ++i) {
    write(folder, i);
  }
  EXPECT_FALSE(fs::exists(file(2)));
  EXPECT_TRUE(fs::exists(file(3)));
  EXPECT_TRUE(fs::exists(file(4)));
  CheckpointFolder later(path());
  static_cast<void>(later.find());
  write(later, 5);
  EXPECT_EQ(newest_count(), 5);
  EXPECT_TRUE(fs::exists(file(5)));
  EXPECT_FALSE(fs::exists(file(3)));
}

TEST_F(CheckpointFolderTest, AnyFlippedBitAndAnyLostEndMakesItFallBackToTheOneBefore) {
  CheckpointFolder folder(path());
  write(folder, 1);
  write(folder, 2);
  const std::string whole = test::read_bytes(file(2));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    test::write_bytes(file(2), damaged);
    ASSERT_EQ(newest_count(), 1) << "byte " << i;
    test::write_bytes(file(2), whole.substr(0, i));
    ASSERT_EQ(newest_count(), 1) << i << " bytes";
  }
  const FoundCheckpoints found = CheckpointFolder(path()).find();
  ASSERT_EQ(found.unusable.size(), 1U);
  EXPECT_THAT(found.unusable.front(), HasSubstr("000002.safetensors: "));
  test::write_bytes(file(2), whole + "x");
  EXPECT_EQ(newest_count(), 1);
  test::write_bytes(file(2), whole);
  EXPECT_EQ(newest_count(), 2);
}

TEST_F(CheckpointFolderTest, OneOfAnotherVersionIsRefusedAndNotPassedOver) {
  CheckpointFolder folder(path());
  write(folder, 1);
  write(folder, 2);
  SafetensorsFile content = read_safetensors(file(2));
  content.metadata["format_version"] = "1";
  content.metadata.erase("sha256");
  content.metadata["sha256"] = sha256_hex(serialize_safetensors(content));
  write_safetensors(file(2), content);
  EXPECT_THROW(static_cast<void>(newest_count()), ConfigurationError);
}

TEST_F(CheckpointFolderTest, WithoutCheckpointsThereIsNone) {
  EXPECT_EQ(newest_count(), 0);
  fs::create_directory(path());
  test::write_bytes(path() / "notes.txt", "mine");
  test::write_bytes(path() / "7.csv", "mine");
  EXPECT_EQ(newest_count(), 0);
  CheckpointFolder folder(path());
  write(folder, 1);
  EXPECT_EQ(newest_count(), 1);
  EXPECT_TRUE(fs::exists(path() / "notes.txt")) << "what is not ailoop's stays";
  EXPECT_TRUE(fs::exists(path() / "7.csv"));
}

}  // namespace
}  // namespace ailoop
