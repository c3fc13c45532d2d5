#include <ailoop/storage/json_text.hpp>

#include <ailoop/core/utf8.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <string_view>

namespace ailoop {
namespace {

using namespace std::string_view_literals;

TEST(JsonText, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string("\0\x01\x1f\x7f"sv), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonText, KeepsUtf8) { EXPECT_EQ(json_string("Grüße, 世界 🌍"), "\"Grüße, 世界 🌍\""); }

TEST(JsonText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_string("a\xff"
                        "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ(json_string("\xe4\xb8"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonText, CutsWhatIsLongForAMessage) {
  EXPECT_EQ(json_excerpt("a\"\xff"), "\"a\\\"\xef\xbf\xbd\"");
  EXPECT_EQ(json_excerpt(std::string(60, 'a')), '"' + std::string(60, 'a') + '"');
  EXPECT_EQ(json_excerpt(std::string(61, 'a')), '"' + std::string(60, 'a') + "\"...");
  EXPECT_EQ(json_excerpt(std::string(59, 'a') + "\xe4\xb8\x96"), '"' + std::string(59, 'a') + "\xe4\xb8\x96\"");
}

TEST(JsonText, KnowsWellFormedUtf8) {
  for (const std::string_view text : {""sv, "abc"sv, "\0"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv,
                                      "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
    EXPECT_TRUE(is_utf8(text)) << json_string(text);
  }
}

TEST(JsonText, KnowsMalformedUtf8) {
  for (const std::string_view text :
       {"\x80"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2\x41"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xe4\xb8"sv,
        "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv, "a\xfe"sv}) {
    EXPECT_FALSE(is_utf8(text)) << json_string(text);
  }
}

TEST(JsonText, ReadsBackForAnyBytes) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 20, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const auto back = nlohmann::json::parse(json_string(text)).get<std::string>();
    if (is_utf8(text)) {
      EXPECT_EQ(back, text);
    }
    EXPECT_TRUE(is_utf8(back));
  }
}

}  // namespace
}  // namespace ailoop
