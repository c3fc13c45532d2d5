// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

namespace ailoop::test {
namespace {

using ::testing::HasSubstr;

TEST(ConfigurationFile, ComesBackByteByByte) {
  const TemporaryFolder folder;
  const std::string text("a: 1\r\n\0\xff", 8);
  write_bytes(folder.path() / "c.yaml", text);
  EXPECT_EQ(read_configuration_file(folder.path() / "c.yaml"), text);
}

TEST(ConfigurationFile, IsRefusedWhereThereIsNone) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "none.yaml";
  EXPECT_EQ(message_of([&] { (void)read_configuration_file(file); }),
            file.string() + ": cannot be read: No such file or directory; a YAML file is expected");
}

TEST(ConfigurationFile, IsRefusedWhereItIsAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of([&] { (void)read_configuration_file(folder.path()); }), HasSubstr("it is a folder"));
}

TEST(ConfigurationFile, IsRefusedWithoutWaitingWhereItIsAFifoOrADevice) {
  const TemporaryFolder folder;
  const auto fifo = folder.path() / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  for (const std::filesystem::path& file : {fifo, std::filesystem::path("/dev/zero")}) {
    EXPECT_THAT(message_of([&] { (void)read_configuration_file(file); }), HasSubstr("it is not a regular file"));
  }
}

TEST(ConfigurationFile, IsReadNoFurtherThanTheLimit) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / "c.yaml", std::string(3 * YamlLimits::bytes, 'x'));
  EXPECT_EQ(read_configuration_file(folder.path() / "c.yaml").size(), YamlLimits::bytes + 1);
}

}  // namespace
}  // namespace ailoop::test
