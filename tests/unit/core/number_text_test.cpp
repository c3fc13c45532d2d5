// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/number_text.hpp>

#include <gmock/gmock.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace ailoop {
namespace {

template <class T>
T parsed(const std::string& text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  EXPECT_EQ(result.ptr, text.data() + text.size()) << text;
  return value;
}

TEST(NumberText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(0.1F), "0.1");
  EXPECT_EQ(number_text(static_cast<double>(0.1F)), "0.10000000149011612");
  EXPECT_EQ(number_text(1.0), "1");
  EXPECT_EQ(number_text(1e22), "1e+22");
  EXPECT_EQ(number_text(1.0 / 3.0), "0.3333333333333333");
}

TEST(NumberText, KeepsTheSignOfZero) {
  EXPECT_EQ(number_text(0.0), "0");
  EXPECT_EQ(number_text(-0.0), "-0");
}

TEST(NumberText, ReadsBackToTheSameBits) {
  std::mt19937_64 bits(20240117);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(bits());
    if (!std::isfinite(value)) continue;
    const std::string text = number_text(value);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parsed<double>(text)), std::bit_cast<std::uint64_t>(value)) << text;
    EXPECT_LE(text.size(), 24U);
  }
}

TEST(NumberText, ReadsBackToTheSameBitsInSinglePrecision) {
  std::mt19937 bits(20240118);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits()));
    if (!std::isfinite(value)) continue;
    const std::string text = number_text(value);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(parsed<float>(text)), std::bit_cast<std::uint32_t>(value)) << text;
  }
}

TEST(NumberText, CoversTheEndsOfEveryType) {
  using Double = std::numeric_limits<double>;
  for (const double value : {Double::max(), Double::lowest(), Double::min(), Double::denorm_min()}) {
    EXPECT_EQ(parsed<double>(number_text(value)), value);
  }
  EXPECT_EQ(number_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number_text(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(number_text(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(number_text(-1), "-1");
}

TEST(NumberText, NamesWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(number_text(infinity), "inf");
  EXPECT_EQ(number_text(-infinity), "-inf");
  EXPECT_EQ(number_text(nan), "nan");
  EXPECT_EQ(number_text(std::copysign(nan, -1.0)), "nan");
}

TEST(NumberText, IsNullInJsonForWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::string text;
  for (const double value : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
    append_json_number(text, value);
  }
  append_json_number(text, std::numeric_limits<float>::infinity());
  EXPECT_EQ(text, "nullnullnullnull");
}

TEST(NumberText, IsAppended) {
  std::string text = "x=";
  append_number(text, 1.5);
  append_json_number(text, std::int64_t{7});
  EXPECT_EQ(text, "x=1.57");
}

}  // namespace
}  // namespace ailoop
