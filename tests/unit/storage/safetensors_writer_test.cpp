// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include "safetensors_bytes.hpp"
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace ailoop {
namespace {

SafetensorsFile example() {
  SafetensorsFile file;
  file.metadata = {{"format", "ailoop-model"}, {"text", "\"é\"\n"}};
  const std::vector<float> weight = {1, 2, 3, 4, 5, 6};
  file.tensors.push_back(make_tensor<float>("fc.weight", {1, 6}, weight));
  file.tensors.push_back(make_scalar("fc.bias", 0.5F));
  file.tensors.push_back(make_scalar<std::int64_t>("step", 239));
  file.tensors.push_back(make_scalar("loss", std::numeric_limits<double>::quiet_NaN()));
  file.tensors.push_back(make_tensor<double>("none", {3, 0}, std::span<const double>()));
  return file;
}

void expect_equal(const SafetensorsFile& a, const SafetensorsFile& b) {
  EXPECT_EQ(a.metadata, b.metadata);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const Tensor& tensor : a.tensors) {
    const Tensor& other = b.tensor(tensor.name);
    EXPECT_EQ(tensor.dtype, other.dtype);
    EXPECT_EQ(tensor.shape, other.shape);
    EXPECT_EQ(tensor.bytes, other.bytes);
  }
}

TEST(SafetensorsWriter, WritesExactlyTheseBytes) {
  SafetensorsFile file;
  file.metadata = {{"b", "2"}, {"a", "1"}};
  file.tensors.push_back(make_scalar("z", 1.0F));
  file.tensors.push_back(make_scalar<std::int64_t>("step", 5));
  file.tensors.push_back(make_tensor<float>("a", {1, 1}, std::vector<float>{2.0F}));
  const std::string header =
      R"({"__metadata__":{"a":"1","b":"2"},"step":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
      R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"z":{"dtype":"F32","shape":[],"data_offsets":[12,16]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(serialize_safetensors(file),
            test::safetensors_bytes(padded, std::string("\5\0\0\0\0\0\0\0\0\0\0\x40\0\0\x80\x3f", 16)));
}

TEST(SafetensorsWriter, WritesAnEmptyFile) {
  EXPECT_EQ(serialize_safetensors({}), test::safetensors_bytes("{}      ", ""));
}

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const SafetensorsFile file = example();
  expect_equal(file, parse_safetensors(serialize_safetensors(file), "FILE"));
}

TEST(SafetensorsWriter, DoesNotDependOnTheOrderOfTensors) {
  SafetensorsFile file = example();
  const auto bytes = serialize_safetensors(file);
  std::mt19937 random(3);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(file.tensors.begin(), file.tensors.end(), random);
    EXPECT_EQ(serialize_safetensors(file), bytes);
  }
  EXPECT_EQ(serialize_safetensors(parse_safetensors(bytes, "FILE")), bytes);
}

TEST(SafetensorsWriter, AlignsEveryTensor) {
  for (std::size_t n = 1; n < 40; ++n) {
    SafetensorsFile file;
    file.tensors.push_back(make_scalar(std::string(n, 'a'), 1.0F));
    file.tensors.push_back(make_scalar("z", 1.0));
    const std::string bytes = serialize_safetensors(file);
    const std::size_t n_header = static_cast<unsigned char>(bytes[0]);
    EXPECT_EQ(n_header % 8, 0U);
    EXPECT_EQ(bytes.substr(8 + n_header, 8), std::string("\0\0\0\0\0\0\xf0\x3f", 8));  // the double stands first
  }
}

TEST(SafetensorsWriter, KeepsEveryBitOfRandomTensors) {
  std::mt19937_64 random(11);
  SafetensorsFile file;
  for (int i = 0; i < 50; ++i) {
    const auto rows = static_cast<std::int64_t>(random() % 5);
    const auto cols = static_cast<std::int64_t>(random() % 7);
    std::vector<std::int64_t> values(static_cast<std::size_t>(rows * cols));
    for (auto& value : values) value = static_cast<std::int64_t>(random());
    file.tensors.push_back(make_tensor<std::int64_t>(std::to_string(i), {rows, cols}, values));
  }
  expect_equal(file, parse_safetensors(serialize_safetensors(file), "FILE"));
}

TEST(SafetensorsWriter, ReplacesAFileAtomically) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, {});
  write_safetensors(path, example());
  const SafetensorsFile back = read_safetensors(path);
  expect_equal(example(), back);
  EXPECT_EQ(back.source, path.string());
  EXPECT_EQ(test::input_output_message([&] { write_safetensors(path / "child", {}); }),
            (path / "child").string() + ": cannot be created: Not a directory");
}

TEST(SafetensorsWriter, RefusesWhatTheReaderWouldRefuse) {
  const Tensor good = make_scalar("a", 1.0F);
  std::vector<std::vector<Tensor>> wrong = {{good, good}, {good}, {good}, {good}, {good}, {good}, {good}};
  wrong[1][0].name = "__metadata__";
  wrong[2][0].name = "\xff";
  wrong[3][0].dtype = "BF16";
  wrong[4][0].shape = {2};
  wrong[5][0].shape = {-1};
  wrong[6][0].shape = {std::int64_t{1} << 62, 4};
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    SafetensorsFile file;
    file.tensors = wrong[i];
    EXPECT_THROW(static_cast<void>(serialize_safetensors(file)), UsageError) << i;
  }
  SafetensorsFile file;
  file.metadata["key"] = "\xc0";
  EXPECT_THROW(static_cast<void>(serialize_safetensors(file)), UsageError);
}

}  // namespace
}  // namespace ailoop
