// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/run_folder.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <filesystem>

namespace ailoop {
namespace {

namespace fs = std::filesystem;

/// Works in an empty folder, as a user would.
class RunFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::current_path(m_folder.path()); }
  void TearDown() override { fs::current_path(m_before); }

 private:
  test::TemporaryFolder m_folder;
  fs::path m_before = fs::current_path();
};

TEST_F(RunFolderTest, WithoutANameTakesTheNextFreeNumber) {
  EXPECT_EQ(RunFolder::create({}, "hotlum", FilesThere::refused).path(), "runs/hotlum-1");
  EXPECT_EQ(RunFolder::create({}, "hotlum", FilesThere::refused).path(), "runs/hotlum-2");
  EXPECT_EQ(RunFolder::create({}, "other", FilesThere::refused).path(), "runs/other-1");
  fs::remove("runs/hotlum-1");
  EXPECT_EQ(RunFolder::create({}, "hotlum", FilesThere::refused).path(), "runs/hotlum-1");
}

TEST_F(RunFolderTest, WithANameCreatesAllOfThePath) {
  EXPECT_EQ(RunFolder::create("a/b/c", "hotlum", FilesThere::refused).path(), "a/b/c");
  EXPECT_TRUE(fs::is_directory("a/b/c"));
}

TEST_F(RunFolderTest, AnEmptyFolderIsUsedAsItIs) {
  fs::create_directory("empty");
  EXPECT_NO_THROW(RunFolder::create("empty", "hotlum", FilesThere::refused));
}

TEST_F(RunFolderTest, AFolderWithFilesIsRefusedAndLeftAlone) {
  fs::create_directory("full");
  test::write_bytes("full/answers.csv", "mine");
  EXPECT_THROW(RunFolder::create("full", "hotlum", FilesThere::refused), ConfigurationError);
  EXPECT_EQ(test::read_bytes("full/answers.csv"), "mine");
}

TEST_F(RunFolderTest, ForceSetsAnEarlierRunAsideUntilAnotherStandsInItsPlace) {
  fs::create_directories("full/checkpoint");
  test::write_bytes("full/answers.csv", "old");
  test::write_bytes("full/config.yaml", "settings");
  test::write_bytes("full/checkpoint/000001.safetensors", "state");
  test::write_bytes("full/notes.txt", "mine");
  const RunFolder folder = RunFolder::create("full", "hotlum", FilesThere::overwritten);
  EXPECT_FALSE(folder.holds_results());
  EXPECT_EQ(test::read_bytes("full/earlier-1/answers.csv"), "old");
  EXPECT_EQ(test::read_bytes("full/earlier-1/config.yaml"), "settings");
  EXPECT_EQ(test::read_bytes("full/earlier-1/checkpoint/000001.safetensors"), "state");
  EXPECT_EQ(test::read_bytes("full/notes.txt"), "mine");
  test::write_bytes("full/answers.csv", "newer");
  folder.set_aside();
  EXPECT_EQ(test::read_bytes("full/earlier-2/answers.csv"), "newer");
  EXPECT_EQ(test::read_bytes("full/earlier-1/answers.csv"), "old");
  test::write_bytes("full/earlier-2/notes.txt", "mine, too");
  folder.remove_set_aside();
  EXPECT_FALSE(fs::exists("full/earlier-1"));
  EXPECT_FALSE(fs::exists("full/earlier-2/answers.csv"));
  EXPECT_EQ(test::read_bytes("full/earlier-2/notes.txt"), "mine, too");
}

TEST_F(RunFolderTest, ForceNeverRemovesWhatTheRunReads) {
  fs::create_directory("full");
  test::write_bytes("full/model.safetensors", "the initial model");
  EXPECT_THROW(RunFolder::create("full", "hotlum", FilesThere::overwritten, {"full/../full/model.safetensors"}),
               ConfigurationError);
  EXPECT_EQ(test::read_bytes("full/model.safetensors"), "the initial model");
}

TEST_F(RunFolderTest, AFileInTheWayIsRefused) {
  test::write_bytes("file", "mine");
  EXPECT_THROW(RunFolder::create("file", "hotlum", FilesThere::refused), ConfigurationError);
  EXPECT_THROW(RunFolder::create("file/below", "hotlum", FilesThere::overwritten), ConfigurationError);
  EXPECT_EQ(test::read_bytes("file"), "mine");
  test::write_bytes("runs", "mine");
  EXPECT_THROW(RunFolder::create({}, "hotlum", FilesThere::refused), ConfigurationError);
}

TEST_F(RunFolderTest, TheNewestRunIsTheOneWithTheHighestNumber) {
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(RunFolder::create({}, "hotlum", FilesThere::refused));
  }
  fs::create_directories("runs/hotlum-11x");
  fs::create_directories("runs/hotlum-other-12");
  test::write_bytes("runs/hotlum-10/answers.csv", "");
  const std::vector<fs::path> runs = RunFolder::runs_of("hotlum");
  ASSERT_EQ(runs.size(), 10U);
  EXPECT_EQ(runs.front(), "runs/hotlum-10");
  EXPECT_EQ(runs.back(), "runs/hotlum-1");
  EXPECT_TRUE(RunFolder::runs_of("new").empty());
  EXPECT_EQ(RunFolder::create("runs/hotlum-10", "hotlum", FilesThere::kept).path(), "runs/hotlum-10");
  EXPECT_TRUE(fs::exists("runs/hotlum-10/answers.csv"));
}

TEST_F(RunFolderTest, ARunThatGoesOnMayTakeTheSettingsThatItLeft) {
  fs::create_directory("full");
  test::write_bytes("full/config.yaml", "");
  test::write_bytes("full/model.safetensors", "");
  EXPECT_NO_THROW(RunFolder::create("full", "config", FilesThere::kept, {"full/config.yaml"}));
  EXPECT_THROW(RunFolder::create("full", "config", FilesThere::overwritten, {"full/config.yaml"}), ConfigurationError);
  EXPECT_THROW(RunFolder::create("full", "config", FilesThere::kept, {"full/model.safetensors"}), ConfigurationError);
}

TEST_F(RunFolderTest, LeavesNothingOfAKilledProcessNorOfAnEarlierRun) {
  fs::create_directories("full/checkpoint");
  for (const char* file :
       {"full/.ailoop-7-0.tmp", "full/checkpoint/.ailoop-7-0.tmp", "full/checkpoint/000001.safetensors"}) {
    test::write_bytes(file, "");
  }
  static_cast<void>(RunFolder::create("full", "hotlum", FilesThere::kept));
  EXPECT_FALSE(fs::exists("full/.ailoop-7-0.tmp"));
  EXPECT_FALSE(fs::exists("full/checkpoint/.ailoop-7-0.tmp"));
  EXPECT_TRUE(fs::exists("full/checkpoint/000001.safetensors"));
  static_cast<void>(RunFolder::create("full", "hotlum", FilesThere::overwritten));
  EXPECT_FALSE(fs::exists("full/checkpoint/000001.safetensors"));
}

}  // namespace
}  // namespace ailoop
