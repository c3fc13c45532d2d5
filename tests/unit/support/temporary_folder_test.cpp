// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/temporary_folder.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

namespace ailoop::test {
namespace {

TEST(TemporaryFolder, IsEmptyAndGoesWithItsContent) {
  std::filesystem::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    EXPECT_TRUE(std::filesystem::is_empty(path));
    std::filesystem::create_directories(path / "a" / "b");
    write_bytes(path / "a" / "b" / "c", "d");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, IsNeverSharedByTwo) {
  const TemporaryFolder one;
  const TemporaryFolder other;
  EXPECT_NE(one.path(), other.path());
}

TEST(TemporaryFolder, BytesComeBackAsTheyWereWritten) {
  const TemporaryFolder folder;
  const std::string bytes("a\0\r\n\xff", 5);
  write_bytes(folder.path() / "file", bytes);
  EXPECT_EQ(read_bytes(folder.path() / "file"), bytes);
}

TEST(TemporaryFolder, ReadingWhatIsNotThereIsAnError) {
  const TemporaryFolder folder;
  EXPECT_THROW((void)read_bytes(folder.path() / "none"), InputOutputError);
  EXPECT_THROW(write_bytes(folder.path() / "none" / "file", ""), InputOutputError);
}

}  // namespace
}  // namespace ailoop::test
