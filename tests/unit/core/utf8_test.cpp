// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/utf8.hpp>

#include <gtest/gtest.h>

#include <string>

namespace ailoop {
namespace {

TEST(Utf8, FollowsTheTableOfTheStandard) {
  for (const char* text : {"a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(count_characters(text), 1U);
  }
  for (const char* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82", "\xe2\x82\x41",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Utf8, ExcerptsAreOneShortLineOfValidText) {
  EXPECT_EQ(excerpt("a\nb\xff"), "a\\x0ab\\xff");
  EXPECT_EQ(excerpt("\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(excerpt("a\xc2\xa0\xe2\x80\x8b"), "a<U+00A0><U+200B>");
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) {
    umlauts += "\xc3\xa4";
  }
  EXPECT_TRUE(is_utf8(excerpt(umlauts)));
  EXPECT_LE(excerpt(umlauts).size(), 70U);
}

}  // namespace
}  // namespace ailoop
