// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include "safetensors_bytes.hpp"
#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {
namespace {

using test::input_output_message;
using test::safetensors_bytes;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Malformed {
  std::string name;   // of the case
  std::string bytes;  // of the file
  std::string what;   // part of the message
};

std::ostream& operator<<(std::ostream& out, const Malformed& malformed) { return out << malformed.name; }

constexpr std::string_view eight = "dddddddd";

/// A file with one tensor "a" described by `entry`, and 8 bytes of data.
std::string one(const std::string& entry) { return safetensors_bytes("{\"a\":" + entry + "}", eight); }

std::string two(const std::string& a_offsets, const std::string& b_offsets, std::size_t n_data) {
  return safetensors_bytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)" + a_offsets +
                               R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + b_offsets + "}}",
                           std::string(n_data, 'd'));
}

std::vector<Malformed> malformed_files() {
  const std::string good = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  return {
      {"empty", "", "has 0 bytes"},
      {"shorter_than_the_length", "1234567", "has 7 bytes"},
      {"no_header", safetensors_bytes(0, "", ""), "does not start with {"},
      {"header_longer_than_the_file", safetensors_bytes(3, "{}", ""), "its header has 3 bytes, but only 2 follow"},
      {"header_beyond_the_limit", safetensors_bytes(100'000'001, "{}", ""), "at most 100000000 are allowed"},
      {"header_length_of_all_ones", std::string(16, '\xff'), "at most 100000000 are allowed"},
      {"truncated_data", safetensors_bytes("{\"a\":" + good + "}", "1234567"), "0 <= begin <= end <= 7"},
      {"data_left_over", safetensors_bytes("{\"a\":" + good + "}", "ddddddddx"), "8 belong to tensors"},
      {"data_without_tensors", safetensors_bytes("{}", "x"), "0 belong to tensors"},
      {"leading_space", safetensors_bytes(" {}", ""), "does not start with {"},
      {"byte_order_mark", safetensors_bytes("\xef\xbb\xbf{}", ""), "does not start with {"},
      {"array", safetensors_bytes("[]", ""), "does not start with {"},
      {"cut_json", safetensors_bytes("{\"a\":", ""), "is not JSON in UTF-8"},
      {"two_documents", safetensors_bytes("{}{}", ""), "is not JSON in UTF-8"},
      {"comment", safetensors_bytes("{}/**/", ""), "is not JSON in UTF-8"},
      {"trailing_comma", safetensors_bytes("{\"a\":" + good + ",}", eight), "is not JSON in UTF-8"},
      {"zero_byte_behind_the_json", safetensors_bytes(std::string("{}\0x", 4), ""), "has a zero byte at 2"},
      {"not_utf8", safetensors_bytes("{\"\xff\":" + good + "}", eight), "is not JSON in UTF-8"},
      {"surrogate_alone", safetensors_bytes(R"({"\ud800":)" + good + "}", eight), "is not JSON in UTF-8"},
      {"nested_without_end", safetensors_bytes("{\"a\":" + std::string(1000000, '['), ""), "is or holds an array"},
      {"tensor_is_null", one("null"), "is or holds null; an object is allowed"},
      {"tensor_is_a_number", one("1"), "is or holds 1; an object is allowed"},
      {"tensor_is_an_array", one("[]"), "is or holds an array; an object is allowed"},
      {"tensor_twice", safetensors_bytes("{\"a\":" + good + ",\"a\":" + good + "}", eight), "has \"a\" twice"},
      {"tensor_twice_by_escape", safetensors_bytes(R"({"a":)" + good + R"(,"\u0061":)" + good + "}", eight), "twice"},
      {"unknown_key", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1})"),
       R"(the tensor "a" has the key "x")"},
      {"key_twice", one(R"({"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]})"), "has \"dtype\" twice"},
      {"no_dtype", one(R"({"shape":[2],"data_offsets":[0,8]})"), "is incomplete"},
      {"no_shape", one(R"({"dtype":"F32","data_offsets":[0,8]})"), "is incomplete"},
      {"no_offsets", one(R"({"dtype":"F32","shape":[2]})"), "is incomplete"},
      {"empty_entry", one("{}"), "is incomplete"},
      {"dtype_is_a_number", one(R"({"dtype":32,"shape":[2],"data_offsets":[0,8]})"), "a text is allowed"},
      {"dtype_is_an_array", one(R"({"dtype":["F32"],"shape":[2],"data_offsets":[0,8]})"), "a text is allowed"},
      {"shape_is_a_number", one(R"({"dtype":"F32","shape":2,"data_offsets":[0,8]})"),
       "an array of integers is allowed"},
      {"shape_is_a_text", one(R"({"dtype":"F32","shape":"2","data_offsets":[0,8]})"),
       "an array of integers is allowed"},
      {"shape_is_nested", one(R"({"dtype":"F32","shape":[[2]],"data_offsets":[0,8]})"), "is or holds an array"},
      {"negative_extent", one(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"), "is or holds -2"},
      {"fractional_extent", one(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})"), "is or holds 2.0"},
      {"extent_is_true", one(R"({"dtype":"F32","shape":[true],"data_offsets":[0,8]})"), "is or holds true"},
      {"extent_beyond_int64", one(R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]})"), "2^63"},
      {"extent_beyond_uint64", one(R"({"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]})"),
       "is or holds 99999999999999999999"},
      {"overflow_of_the_size",  // 2^62 * 4 bytes = 0 modulo 2^64
       one(R"({"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]})"), "fewer than 2^64 bytes"},
      {"overflow_of_the_shape", one(R"({"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]})"),
       "fewer than 2^64 bytes"},
      {"overflow_of_an_unknown_type", one(R"({"dtype":"X","shape":[4294967296,4294967296],"data_offsets":[0,8]})"),
       "fewer than 2^64 bytes"},
      {"size_differs_from_shape", one(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"), "12 bytes are needed"},
      {"size_differs_from_type", one(R"({"dtype":"F64","shape":[2],"data_offsets":[0,8]})"), "16 bytes are needed"},
      {"size_differs_for_half", one(R"({"dtype":"F16","shape":[2],"data_offsets":[0,8]})"), "4 bytes are needed"},
      {"scalar_without_bytes", one(R"({"dtype":"F32","shape":[],"data_offsets":[0,0]})"), "4 bytes are needed"},
      {"one_offset", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8]})"), "fewer than two numbers"},
      {"three_offsets", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8,8]})"), "more than two numbers"},
      {"no_numbers_as_offsets", one(R"({"dtype":"F32","shape":[2],"data_offsets":[]})"), "fewer than two numbers"},
      {"negative_offset", one(R"({"dtype":"F32","shape":[2],"data_offsets":[-8,0]})"), "is or holds -8"},
      {"offsets_reversed", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"), "0 <= begin <= end <= 8"},
      {"offset_beyond_the_file", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})"), "0 <= begin <= end <= 8"},
      {"offset_of_all_ones", one(R"({"dtype":"F32","shape":[2],"data_offsets":[18446744073709551608,0]})"),
       "0 <= begin <= end <= 8"},
      {"overlap", two("[0,4]", "[2,6]", 6), "inside the data before them; 4 is allowed"},
      {"same_data_twice", two("[0,4]", "[0,4]", 4), "inside the data before them; 4 is allowed"},
      {"hole", two("[0,4]", "[8,12]", 12), "behind a hole after the data before them; 4 is allowed"},
      {"hole_at_the_begin", two("[4,8]", "[8,12]", 12), "behind a hole after the data before them; 0 is allowed"},
      {"metadata_is_a_text", safetensors_bytes(R"({"__metadata__":"x"})", ""), "an object is allowed"},
      {"metadata_is_null", safetensors_bytes(R"({"__metadata__":null})", ""), "an object is allowed"},
      {"metadata_twice", safetensors_bytes(R"({"__metadata__":{},"__metadata__":{}})", ""), "twice"},
      {"metadata_key_twice", safetensors_bytes(R"({"__metadata__":{"a":"1","a":"1"}})", ""), "has \"a\" twice"},
      {"metadata_value_is_a_number", safetensors_bytes(R"({"__metadata__":{"a":1}})", ""), "a text is allowed"},
      {"metadata_value_is_an_object", safetensors_bytes(R"({"__metadata__":{"a":{}}})", ""), "a text is allowed"},
  };
}

class MalformedSafetensors : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedSafetensors, IsRefused) {
  const std::string message =
      input_output_message([&] { static_cast<void>(parse_safetensors(GetParam().bytes, "FILE")); });
  EXPECT_THAT(message, StartsWith("FILE: "));
  EXPECT_THAT(message, HasSubstr(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(Every, MalformedSafetensors, ::testing::ValuesIn(malformed_files()),
                         [](const auto& instance) { return instance.param.name; });

TEST(SafetensorsReader, KeepsItsMessagesShort) {
  const std::string name(100'000, 'n');
  const std::string extents = "1" + std::string(100'000, ' ') + ",1,1,1,1,1,1,1,1,1";
  for (const std::string& header :
       {"{\"" + name + "\":1}", "{\"" + name + "\":{\"" + name + "\":1}}", "{\"a\":" + name + "}",
        R"({"a":{"dtype":"F32","shape":[1.)" + std::string(100'000, '1') + "]}}",
        R"({"a":{"dtype":"F32","shape":[)" + extents + R"(],"data_offsets":[0,0]}})",
        R"({"a":{"dtype":{"x":")" + name + "\"}}}"}) {
    const std::string bytes = safetensors_bytes(header, "");
    EXPECT_LT(input_output_message([&] { static_cast<void>(parse_safetensors(bytes, "FILE")); }).size(), 400U);
  }
}

TEST(SafetensorsReader, RefusesEveryTruncationOfAFile) {
  SafetensorsFile file;
  file.metadata["a"] = "b";
  file.tensors.push_back(make_scalar("x", 1.0));
  file.tensors.push_back(make_scalar("y", 1.0F));
  const auto bytes = serialize_safetensors(file);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_THROW(static_cast<void>(parse_safetensors(std::string_view(bytes).substr(0, n), "FILE")), InputOutputError)
        << n;
  }
}

TEST(SafetensorsReader, SurvivesEveryDamagedHeaderByte) {
  SafetensorsFile file;
  file.metadata["a"] = "b";
  file.tensors.push_back(make_scalar("x", 1.0));
  const auto good = serialize_safetensors(file);
  int n_refused = 0;
  for (std::size_t i = 0; i + sizeof(double) < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      try {
        static_cast<void>(parse_safetensors(bytes, "FILE"));
      } catch (const InputOutputError&) {
        ++n_refused;
      }
    }
  }
  EXPECT_GT(n_refused, 400);  // what is not refused has another name, or another metadata text
}

TEST(SafetensorsReader, RefusesATruncatedFileOnDisk) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  SafetensorsFile file;
  file.tensors.push_back(make_scalar("x", 1.0));
  write_safetensors(path, file);
  const std::string bytes = test::read_bytes(path);
  test::write_bytes(path, bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(input_output_message([&] { static_cast<void>(read_safetensors(path)); }),
              StartsWith(path.string() + ": the tensor \"x\" has the data_offsets [0, 8]"));
}

}  // namespace
}  // namespace ailoop
