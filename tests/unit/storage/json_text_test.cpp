// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/json_text.hpp>

#include <ailoop/core/utf8.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  EXPECT_EQ(json_string("\xe4\xb8"), "\"\xef\xbf\xbd\"");
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

TEST(JsonObject, IsOneLineWithItsKeysInOrder) {
  JsonObject object;
  EXPECT_EQ(object.begin().end(), "{}");
  EXPECT_EQ(
      object.begin().add("schema", 1).add("t_s", 3.218).add("event", "checked").add("x", std::array{1.047, 2.0}).end(),
      R"({"schema": 1, "t_s": 3.218, "event": "checked", "x": [1.047, 2]})");
  object.begin().add("lost", 1);
  EXPECT_EQ(object.begin().add("x", std::span<const double>()).end(), "{\"x\": []}") << "nothing of the one before";
}

TEST(JsonObject, ReadsBackWhateverItsValues) {
  const std::string text = "\"quoted\" \\ \n\t\x01 Grüße";
  const std::vector<double> values = {0.1, -0.0, 1e300, 5e-324};
  JsonObject line;
  const auto object =
      nlohmann::json::parse(line.begin().add("i", std::int64_t{-3}).add(text, text).add("v", values).end());
  EXPECT_EQ(object.at("i"), -3);
  EXPECT_EQ(object.at(text), text);
  EXPECT_EQ(object.at("v").get<std::vector<double>>(), values);
}

TEST(JsonObject, HasNullForWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  JsonObject object;
  EXPECT_EQ(object.begin().add("a", std::nan("")).add("b", std::vector<double>{1.0, infinity, -infinity}).end(),
            "{\"a\": null, \"b\": [1, null, null]}");
}

}  // namespace
}  // namespace ailoop
