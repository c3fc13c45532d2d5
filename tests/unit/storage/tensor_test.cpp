// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ailoop {
namespace {

TEST(Tensor, HoldsLittleEndianBytes) {
  const Tensor tensor = make_scalar<std::int64_t>("step", 0x0102030405060708);
  EXPECT_EQ(tensor.dtype, "I64");
  EXPECT_TRUE(tensor.shape.empty());
  ASSERT_EQ(tensor.bytes.size(), 8U);
  EXPECT_EQ(tensor.bytes.front(), std::byte{8});
  EXPECT_EQ(tensor.bytes.back(), std::byte{1});
}

TEST(Tensor, HasAsManyValuesAsItsShape) {
  const std::vector<double> six(6);
  EXPECT_EQ(make_tensor<double>("a", {2, 3}, six).bytes.size(), 48U);
  EXPECT_THROW(static_cast<void>(make_tensor<double>("a", {2, 2}, six)), UsageError);
  EXPECT_THROW(static_cast<void>(make_tensor<double>("a", {}, six)), UsageError);
  EXPECT_THROW(static_cast<void>(make_tensor<double>("a", {-2, -3}, six)), UsageError);
}

TEST(Tensor, MayBeEmpty) { EXPECT_TRUE(make_tensor<float>("a", {0, 5}, std::span<const float>()).bytes.empty()); }

TEST(Tensor, RefusesAShapeWhoseProductOverflows) {
  const std::int64_t large = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW(static_cast<void>(make_tensor<float>("a", {large, large, 4}, std::span<const float>())), UsageError);
}

TEST(Tensor, KnowsItsElementTypes) {
  EXPECT_EQ(dtype_of<float>, "F32");
  EXPECT_EQ(dtype_of<double>, "F64");
  EXPECT_EQ(dtype_of<std::int64_t>, "I64");
  for (const std::string_view dtype : known_dtypes) {
    EXPECT_TRUE(is_known_dtype(dtype));
  }
  EXPECT_FALSE(is_known_dtype("BF16"));
  EXPECT_EQ(element_size("F32"), 4U);
  EXPECT_EQ(element_size("F64"), 8U);
  EXPECT_EQ(element_size("BF16"), 2U);
  EXPECT_EQ(element_size("other"), std::nullopt);
}

TEST(Tensor, ShowsItsShape) {
  EXPECT_EQ(shape_text({}), "[]");
  EXPECT_EQ(shape_text(std::vector<std::int64_t>{1, 6}), "[1, 6]");
  EXPECT_EQ(shape_text(std::vector<std::int64_t>(8, 1)), "[1, 1, 1, 1, 1, 1, 1, 1]");
  EXPECT_EQ(shape_text(std::vector<std::int64_t>(9, 1)), "[1, 1, 1, 1, 1, 1, 1, 1, ...]");
}

}  // namespace
}  // namespace ailoop
