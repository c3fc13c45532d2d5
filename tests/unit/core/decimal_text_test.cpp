// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/decimal_text.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace ailoop::test {
namespace {

TEST(DecimalText, TakesOnlyTheNumbersOfJson) {
  for (const char* text : {"0", "-0", "7", "-12", "9223372036854775807", "123456789012345678901234567890"}) {
    EXPECT_TRUE(detail::is_integer_text(text)) << text;
    EXPECT_TRUE(detail::is_number_text(text)) << text;
  }
  for (const char* text : {"0.5", "-0.5", "1e5", "1E-5", "1.25e+05", "0e0"}) {
    EXPECT_FALSE(detail::is_integer_text(text)) << text;
    EXPECT_TRUE(detail::is_number_text(text)) << text;
  }
  for (const char* text :
       {"",    "-",    "+1",  "01",   "00",       "-01", ".5",  "5.", "1e", "1e+", "e5",  "1.e5", "0x1",  "0o1",
        "inf", "-inf", "nan", ".inf", "infinity", "1_0", "1,5", "1 ", " 1", "1f",  "--1", "01.5", "1.5.2"}) {
    EXPECT_FALSE(detail::is_integer_text(text)) << text;
    EXPECT_FALSE(detail::is_number_text(text)) << text;
  }
}

TEST(DecimalText, ConvertsToTheEndsOfDouble) {
  EXPECT_EQ(detail::to_double("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(detail::to_double("5e-324"), std::numeric_limits<double>::denorm_min());
  for (const char* text : {"1e309", "-1e309", "1e-400", "1e99999999999999999999", "1e-99999999999999999999"}) {
    EXPECT_EQ(detail::to_double(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ailoop::test
