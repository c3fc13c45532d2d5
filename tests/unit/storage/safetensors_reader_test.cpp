// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include "safetensors_bytes.hpp"
#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using test::input_output_message;
using test::safetensors_bytes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SafetensorsReader, ReadsAFileOfAnotherWriter) {  // entries not in the order of their data, spaces, no padding
  const std::string bytes = safetensors_bytes(
      R"({ "b": {"shape": [2], "data_offsets": [4, 12], "dtype": "F32"},
          "a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}, "__metadata__": {"k": "v\n\u00e9"} }  )",
      std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 12));
  const SafetensorsFile file = parse_safetensors(bytes, "FILE");
  EXPECT_THAT(file.metadata, ElementsAre(Pair("k", "v\n\xc3\xa9")));
  ASSERT_EQ(file.tensors.size(), 2U);
  EXPECT_EQ(file.tensors[0].name, "a");
  EXPECT_THAT(file.values<float>("a"), ElementsAre(1.0F));
  EXPECT_THAT(file.values<float>("b"), ElementsAre(2.0F, 3.0F));
  EXPECT_THAT(file.tensor("b").shape, ElementsAre(2));
}

TEST(SafetensorsReader, ReadsAFileWithoutTensors) {
  const std::string bytes = safetensors_bytes("{}", "");
  const SafetensorsFile file = parse_safetensors(bytes, "FILE");
  EXPECT_THAT(file.tensors, IsEmpty());
  EXPECT_THAT(file.metadata, IsEmpty());
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.tensor("a")); }),
            "FILE: has no tensor \"a\"; it has none");
}

TEST(SafetensorsReader, ReadsEmptyTensorsBetweenOthers) {
  const std::string bytes = safetensors_bytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
                            "none":{"dtype":"F64","shape":[0,7],"data_offsets":[4,4]},
                            "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                                              std::string(8, '\0'));
  const SafetensorsFile file = parse_safetensors(bytes, "FILE");
  EXPECT_THAT(file.values<double>("none"), IsEmpty());
  EXPECT_THAT(file.values<float>("b"), ElementsAre(0.0F));
}

TEST(SafetensorsReader, RefusesOtherElementTypesOnlyWhenTheyAreAskedFor) {
  const std::string bytes = safetensors_bytes(R"({"half":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},
                                                  "new":{"dtype":"F4","shape":[8],"data_offsets":[4,8]},
                                                  "x":{"dtype":"F32","shape":[],"data_offsets":[8,12]}})",
                                              std::string(12, '\0'));
  const SafetensorsFile file = parse_safetensors(bytes, "FILE");
  EXPECT_EQ(file.tensor("half").dtype, "BF16");
  EXPECT_THAT(file.values<float>("x"), ElementsAre(0.0F));
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.values<float>("half")); }),
            "FILE: the tensor \"half\" has the element type \"BF16\"; F32 is allowed");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.values<double>("new")); }),
            "FILE: the tensor \"new\" has the element type \"F4\"; F64 is allowed");
}

TEST(SafetensorsReader, ConvertsNothing) {
  SafetensorsFile file;
  file.source = "FILE";
  file.tensors.push_back(make_scalar("x", 1.0F));
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.values<double>("x")); }),
            "FILE: the tensor \"x\" has the element type \"F32\"; F64 is allowed");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.values<std::int64_t>("x")); }),
            "FILE: the tensor \"x\" has the element type \"F32\"; I64 is allowed");
}

TEST(SafetensorsReader, ChecksTheShape) {
  SafetensorsFile file;
  file.source = "FILE";
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  file.tensors.push_back(make_tensor<float>("fc.weight", {1, 6}, values));
  EXPECT_EQ(file.values<float>("fc.weight", std::vector<std::int64_t>{1, 6}), values);
  EXPECT_EQ(
      input_output_message([&] { static_cast<void>(file.values<float>("fc.weight", std::vector<std::int64_t>{6})); }),
      "FILE: the tensor \"fc.weight\" has the shape [1, 6]; [6] is allowed");
}

TEST(SafetensorsReader, TellsWhatThereIsInPlaceOfWhatIsMissing) {
  SafetensorsFile file;
  file.source = "FILE";
  file.metadata["basis"] = "monomial";
  file.tensors.push_back(make_scalar("a", 1.0F));
  file.tensors.push_back(make_scalar("b\"", 1.0F));
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.find("a"), file.tensors.data());
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.values<float>("c")); }),
            R"(FILE: has no tensor "c"; it has "a", "b\"")");
  EXPECT_EQ(file.metadata_value("basis"), "monomial");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(file.metadata_value("degree")); }),
            "FILE: its metadata have no \"degree\"; it is needed");
}

TEST(SafetensorsReader, RefusesAFileBeyondItsLimit) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  test::write_bytes(path, safetensors_bytes("{}", ""));
  EXPECT_EQ(read_safetensors(path, 10).source, path.string());
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_safetensors(path, 9)); }),
            path.string() + ": has 10 bytes; at most 9 are allowed");
}

TEST(SafetensorsReader, RefusesWhatIsNoFile) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_safetensors(folder.path())); }),
            folder.path().string() + ": is a directory; a regular file is allowed");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_safetensors(folder.path() / "none")); }),
            (folder.path() / "none").string() + ": cannot be opened for reading: No such file or directory");
}

}  // namespace
}  // namespace ailoop
