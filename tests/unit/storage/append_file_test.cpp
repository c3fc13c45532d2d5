// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/append_file.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include "file_size_limit.hpp"
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

namespace ailoop {
namespace {

using test::input_output_message;

class AppendFileTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return m_folder.path() / "file"; }
  [[nodiscard]] std::string content() const { return test::read_bytes(path()); }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(AppendFileTest, EmptiesAnExistingFile) {
  test::write_bytes(path(), "old");
  const AppendFile file(path());
  EXPECT_EQ(content(), "");
}

TEST_F(AppendFileTest, WritesOnlyWhenFlushed) {
  AppendFile file(path());
  file.append("one");
  EXPECT_EQ(content(), "");
  EXPECT_EQ(file.n_buffered(), 4U);
  file.flush();
  EXPECT_EQ(content(), "one\n");
  EXPECT_EQ(file.n_buffered(), 0U);
}

TEST_F(AppendFileTest, WritesWhenItsBufferIsFull) {
  AppendFile file(path(), FileStart::empty, 10);
  file.append("one");
  EXPECT_EQ(content(), "");
  file.append("another");
  EXPECT_EQ(content(), "one\nanother\n");
}

TEST_F(AppendFileTest, TakesALineLargerThanItsBuffer) {
  AppendFile file(path(), FileStart::empty, 10);
  file.append(std::string(200000, 'x'));
  EXPECT_EQ(content(), std::string(200000, 'x') + "\n");
}

TEST_F(AppendFileTest, WritesWhatIsBufferedWhenItGoes) {
  {
    AppendFile file(path());
    file.append("one");
    EXPECT_EQ(content(), "");
  }
  EXPECT_EQ(content(), "one\n");
}

TEST_F(AppendFileTest, ReportsAFullDisk) {
  AppendFile file("/dev/full");
  file.append("one");
  EXPECT_EQ(input_output_message([&] { file.flush(); }), "/dev/full: cannot be written: No space left on device");
  EXPECT_EQ(input_output_message([&] { file.close(); }), "/dev/full: cannot be written: No space left on device");
}

TEST_F(AppendFileTest, ReportsAFullDiskWhenItsBufferIsFull) {
  AppendFile file("/dev/full", FileStart::empty, 2);
  EXPECT_THROW(file.append("one"), InputOutputError);
}

TEST_F(AppendFileTest, DoesNotThrowFromItsDestructorOnAFullDisk) {
  EXPECT_NO_THROW({
    AppendFile file("/dev/full");
    file.append("one");
  });
}

TEST_F(AppendFileTest, LeavesCompleteLinesOnAFullDiskAndLosesNone) {
  AppendFile file(path());
  file.append("one");
  file.flush();
  file.append("two");
  file.append("three");
  {
    const test::FileSizeLimit limit(10);  // takes "two" and a part of "three"
    EXPECT_EQ(input_output_message([&] { file.flush(); }), path().string() + ": cannot be written: File too large");
    EXPECT_EQ(content(), "one\n");
  }
  file.append("four");
  file.close();
  EXPECT_EQ(content(), "one\ntwo\nthree\nfour\n");
}

TEST_F(AppendFileTest, MayBeClosedTwiceButNotUsedAfterwards) {
  AppendFile file(path());
  file.append("one");
  file.close();
  file.close();
  file.flush();
  EXPECT_THROW(file.append("two"), UsageError);
  EXPECT_EQ(content(), "one\n");
}

TEST_F(AppendFileTest, ReportsAFolderThatCannotHoldIt) {
  test::write_bytes(path(), "");
  EXPECT_EQ(input_output_message([&] { const AppendFile file(path() / "child"); }),
            (path() / "child").string() + ": cannot be opened for writing: Not a directory");
}

TEST_F(AppendFileTest, GoesOnWhereItIsCut) {
  {
    AppendFile file(path());
    for (const char* text : {"one", "two", "three"}) {
      file.append(text);
    }
    EXPECT_EQ(file.synchronise(), 14);
  }
  AppendFile file(path(), FileStart::keep);
  EXPECT_THROW(file.require_length(15), InputOutputError);
  EXPECT_NO_THROW(file.require_length(14));
  file.cut(8);
  file.append("four");
  EXPECT_EQ(file.synchronise(), 13);
  EXPECT_EQ(content(), "one\ntwo\nfour\n");
  std::filesystem::remove(path());
  EXPECT_THROW(file.synchronise(), InputOutputError) << "what is written would be lost";
}

}  // namespace
}  // namespace ailoop
