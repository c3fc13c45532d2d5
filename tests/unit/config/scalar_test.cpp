// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/scalar.hpp>

#include <ailoop/config/nearest.hpp>
#include <ailoop/core/number_text.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ailoop::test {
namespace {

TEST(ScalarGrammar, ConvertsToTheEndsOfItsTypes) {
  EXPECT_EQ(detail::to_integer<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(detail::to_integer<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(detail::to_integer<std::int64_t>("9223372036854775808"), std::nullopt);
  EXPECT_EQ(detail::to_integer<std::uint64_t>("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(detail::to_integer<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(detail::to_integer<std::uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(detail::to_integer<std::uint64_t>("-0"), 0U);
}

TEST(ScalarGrammar, KnowsWhatYamlTakesForSomethingElseThanText) {
  for (const char* text : {"",     "~",   "null", "NULL", "true", "False",  "1",    "-1",    "+1",    "010",  "0x1F",
                           "0o17", "1.5", ".5",   "5.",   "1e3",  "+.5e-3", ".inf", "-.Inf", "+.INF", ".nan", ".NAN"}) {
    EXPECT_TRUE(detail::is_typed_in_yaml(text)) << text;
  }
  for (const char* text :
       {"a", "yes", "inf", "nan", "nULL", "1a", "0x", "0xg", "1e", "-", "+", ".", "1.2.3", "e5", "a1"}) {
    EXPECT_FALSE(detail::is_typed_in_yaml(text)) << text;
  }
}

TEST(ScalarGrammar, WritesNumbersThatItReads) {
  for (const double value : {0.0, 1.0, -1.5, 0.1, 1e22, 1e-7, 5e-324, 1.7976931348623157e308}) {
    const std::string text = number_text(value);
    EXPECT_TRUE(detail::is_number_text(text)) << text;
    EXPECT_EQ(detail::to_double(text), value);
  }
  EXPECT_EQ(number_text(0.05), "0.05");
}

TEST(NearestName, FindsTypingErrorsAndAbbreviations) {
  const std::vector<std::string> names = {"trainer", "engine", "learning_rate", "loss", "batch_size", "epochs"};
  EXPECT_EQ(nearest_name("lr", names), "learning_rate");
  EXPECT_EQ(nearest_name("learningrate", names), "learning_rate");
  EXPECT_EQ(nearest_name("learning-rate", names), "learning_rate");
  EXPECT_EQ(nearest_name("epoch", names), "epochs");
  EXPECT_EQ(nearest_name("lsos", names), "loss");
  EXPECT_EQ(nearest_name("batch", names), "batch_size");
  EXPECT_EQ(nearest_name("verbosity", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'l'), names), std::nullopt);
}

TEST(NearestName, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ab", "ba"), 1U);
  EXPECT_EQ(edit_distance("same", "same"), 0U);
}

}  // namespace
}  // namespace ailoop::test
