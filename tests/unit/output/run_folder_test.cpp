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
  EXPECT_EQ(RunFolder::create({}, "hotlum", false).path(), "runs/hotlum-1");
  EXPECT_EQ(RunFolder::create({}, "hotlum", false).path(), "runs/hotlum-2");
  EXPECT_EQ(RunFolder::create({}, "other", false).path(), "runs/other-1");
  fs::remove("runs/hotlum-1");
  EXPECT_EQ(RunFolder::create({}, "hotlum", false).path(), "runs/hotlum-1");
}

TEST_F(RunFolderTest, WithANameCreatesAllOfThePath) {
  EXPECT_EQ(RunFolder::create("a/b/c", "hotlum", false).path(), "a/b/c");
  EXPECT_TRUE(fs::is_directory("a/b/c"));
}

TEST_F(RunFolderTest, AnEmptyFolderIsUsedAsItIs) {
  fs::create_directory("empty");
  EXPECT_NO_THROW(RunFolder::create("empty", "hotlum", false));
}

TEST_F(RunFolderTest, AFolderWithFilesIsRefusedAndLeftAlone) {
  fs::create_directory("full");
  test::write_bytes("full/answers.csv", "mine");
  EXPECT_THROW(RunFolder::create("full", "hotlum", false), ConfigurationError);
  EXPECT_EQ(test::read_bytes("full/answers.csv"), "mine");
}

TEST_F(RunFolderTest, ForceRemovesAnEarlierRunAndNothingElse) {
  fs::create_directory("full");
  test::write_bytes("full/answers.csv", "old");
  test::write_bytes("full/notes.txt", "mine");
  const RunFolder folder = RunFolder::create("full", "hotlum", true);
  EXPECT_FALSE(fs::exists(folder.answers()));
  EXPECT_EQ(test::read_bytes("full/notes.txt"), "mine");
}

TEST_F(RunFolderTest, ForceNeverRemovesWhatTheRunReads) {
  fs::create_directory("full");
  test::write_bytes("full/model.safetensors", "the initial model");
  EXPECT_THROW(RunFolder::create("full", "hotlum", true, {"full/../full/model.safetensors"}), ConfigurationError);
  EXPECT_EQ(test::read_bytes("full/model.safetensors"), "the initial model");
}

TEST_F(RunFolderTest, AFileInTheWayIsRefused) {
  test::write_bytes("file", "mine");
  EXPECT_THROW(RunFolder::create("file", "hotlum", false), ConfigurationError);
  EXPECT_THROW(RunFolder::create("file/below", "hotlum", true), ConfigurationError);
  EXPECT_EQ(test::read_bytes("file"), "mine");
  test::write_bytes("runs", "mine");
  EXPECT_THROW(RunFolder::create({}, "hotlum", false), ConfigurationError);
}

}  // namespace
}  // namespace ailoop
