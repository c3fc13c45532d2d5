// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/text_file.hpp>

#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace ailoop {
namespace {

using test::input_output_message;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ReadFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return m_folder.path() / "file"; }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(ReadFile, ReturnsEveryByte) {
  std::string content;
  for (int i = 0; i < 20000; ++i) content += static_cast<char>(i % 256);
  test::write_bytes(path(), content);
  EXPECT_EQ(read_file(path(), 1 << 20), content);
}

TEST_F(ReadFile, ReadsAnEmptyFile) {
  test::write_bytes(path(), "");
  EXPECT_EQ(read_file(path(), 0), "");
}

TEST_F(ReadFile, AllowsExactlyTheLimit) {
  test::write_bytes(path(), "12345");
  EXPECT_EQ(read_file(path(), 5), "12345");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_file(path(), 4)); }),
            path().string() + ": has 5 bytes; at most 4 are allowed");
}

TEST_F(ReadFile, FollowsALink) {
  test::write_bytes(path(), "text");
  const auto link = path().parent_path() / "link";
  std::filesystem::create_symlink(path(), link);
  EXPECT_EQ(read_file(link, 10), "text");
}

TEST_F(ReadFile, RefusesAFileOnVirtualStorageThatIsLargerThanItSays) {
  EXPECT_GT(read_file("/proc/self/status", 1 << 20).size(), 100U);  // told size: 0
  EXPECT_THAT(input_output_message([] { static_cast<void>(read_file("/proc/self/status", 10)); }),
              HasSubstr("at most 10 bytes are allowed"));
}

TEST_F(ReadFile, TellsThatAFileIsMissing) {
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_file(path(), 10)); }),
            path().string() + ": cannot be opened for reading: No such file or directory");
}

TEST_F(ReadFile, RefusesAFolder) {
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_file(path().parent_path(), 10)); }),
            path().parent_path().string() + ": is a directory; a regular file is allowed");
}

TEST_F(ReadFile, RefusesAFifoWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_file(path(), 10)); }),
            path().string() + ": is a FIFO; a regular file is allowed");
}

TEST_F(ReadFile, RefusesADevice) {
  EXPECT_THAT(input_output_message([] { static_cast<void>(read_file("/dev/zero", 10)); }),
              StartsWith("/dev/zero: is a device;"));
}

TEST_F(ReadFile, TellsThatAParentIsAFile) {
  test::write_bytes(path(), "");
  EXPECT_THAT(input_output_message([&] { static_cast<void>(read_file(path() / "child", 10)); }),
              HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace ailoop
