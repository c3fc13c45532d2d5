// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/atomic_file.hpp>

#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include "file_size_limit.hpp"
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>

namespace ailoop {
namespace {

using test::input_output_message;
using ::testing::HasSubstr;

class WriteFileAtomically : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path folder() const { return m_folder.path(); }
  [[nodiscard]] std::filesystem::path path() const { return folder() / "file"; }
  [[nodiscard]] std::ptrdiff_t n_files() const {
    return std::distance(std::filesystem::directory_iterator(folder()), std::filesystem::directory_iterator());
  }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(WriteFileAtomically, CreatesAFileWithExactlyTheBytes) {
  const std::string bytes("\0\n\xff\r", 4);
  write_file_atomically(path(), bytes);
  EXPECT_EQ(test::read_bytes(path()), bytes);
  EXPECT_EQ(n_files(), 1);
}

TEST_F(WriteFileAtomically, ReplacesLongerContent) {
  write_file_atomically(path(), "a long text");
  write_file_atomically(path(), "short");
  EXPECT_EQ(test::read_bytes(path()), "short");
  write_file_atomically(path(), "");
  EXPECT_EQ(test::read_bytes(path()), "");
  EXPECT_EQ(n_files(), 1);
}

TEST_F(WriteFileAtomically, LeavesAReaderOfTheOldContentAlone) {
  write_file_atomically(path(), "old");
  std::filesystem::create_hard_link(path(), folder() / "old");
  write_file_atomically(path(), "new");
  EXPECT_EQ(test::read_bytes(folder() / "old"), "old");
}

TEST_F(WriteFileAtomically, GivesThePermissionsOfANewFile) {
  write_file_atomically(path(), "text");
  test::write_bytes(folder() / "usual", "text");
  EXPECT_EQ(std::filesystem::status(path()).permissions(), std::filesystem::status(folder() / "usual").permissions());
}

TEST_F(WriteFileAtomically, WritesIntoTheWorkingDirectory) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder());
  write_file_atomically("relative", "text");
  std::filesystem::current_path(before);
  EXPECT_EQ(test::read_bytes(folder() / "relative"), "text");
}

TEST_F(WriteFileAtomically, KeepsTheOldContentWhenTheDiskIsFull) {
  write_file_atomically(path(), "old");
  const test::FileSizeLimit limit(100);
  EXPECT_EQ(input_output_message([&] { write_file_atomically(path(), std::string(1000, 'x')); }),
            path().string() + ": cannot be written: File too large");
  EXPECT_EQ(test::read_bytes(path()), "old");
  EXPECT_EQ(n_files(), 1);
}

TEST_F(WriteFileAtomically, RemovesItsTemporaryWhenTheTargetIsAFolder) {
  std::filesystem::create_directory(path());
  EXPECT_EQ(input_output_message([&] { write_file_atomically(path(), "text"); }),
            path().string() + ": cannot be replaced: Is a directory");
  EXPECT_EQ(n_files(), 1);
}

TEST_F(WriteFileAtomically, TellsThatTheFolderIsMissing) {
  EXPECT_EQ(input_output_message([&] { write_file_atomically(path() / "child", "text"); }),
            (path() / "child").string() + ": cannot be created: No such file or directory");
}

TEST_F(WriteFileAtomically, TellsThatAParentIsAFile) {
  test::write_bytes(path(), "");
  EXPECT_THAT(input_output_message([&] { write_file_atomically(path() / "child", "text"); }),
              HasSubstr("cannot be created: Not a directory"));
}

TEST_F(WriteFileAtomically, StepsAroundATemporaryThatACrashLeftBehind) {
  const std::string leftover = ".ailoop-" + std::to_string(::getpid()) + "-0.tmp";
  test::write_bytes(folder() / leftover, "part of");
  write_file_atomically(path(), "text");
  EXPECT_EQ(test::read_bytes(path()), "text");
  EXPECT_EQ(test::read_bytes(folder() / leftover), "part of");
}

}  // namespace
}  // namespace ailoop
