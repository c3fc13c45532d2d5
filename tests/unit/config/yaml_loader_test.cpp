// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/yaml_loader.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace ailoop::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(YamlLoader, KeepsTheOrderOfKeys) {
  const Node root = load_yaml("b: 1\na: 2\nc: {z: 3, y: 4}\n", "c.yaml");
  std::string keys;
  for (const auto& entry : root.entries) {
    keys += entry.key;
  }
  EXPECT_EQ(keys, "bac");
  EXPECT_EQ(find_node(root, "c.y")->text, "4");
}

TEST(YamlLoader, MarksKeysAndValuesFromOne) {
  const Node root = load_yaml("# first\na:\n  bc:   17\n", "some/c.yaml");
  const Node::Entry* entry = find_node(root, "a")->find("bc");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(to_string(entry->key_mark), "some/c.yaml:3:3");
  EXPECT_EQ(to_string(entry->value.mark), "some/c.yaml:3:9");
  EXPECT_FALSE(entry->key_mark.is_override());
}

TEST(YamlLoader, FindsElementsOfListsByTheirIndex) {
  const Node root = load_yaml("a: {b: [1, [2, 3]], c: 4}\n", "c.yaml");
  EXPECT_EQ(find_node(root, "a.b[0]")->text, "1");
  EXPECT_EQ(find_node(root, "a.b[1][1]")->text, "3");
  EXPECT_EQ(find_node(root, "a.c[0]")->text, "4") << "alone it is a list of one";
  for (const char* path : {"a.b[2]", "a.c[1]", "a[0]", "a.b.c", "b"}) {
    EXPECT_EQ(find_node(root, path), nullptr) << path;
  }
}

TEST(YamlLoader, CountsColumnsInCharacters) {
  const Node root = load_yaml("\"\xc3\xa4\": [\"\xe2\x82\xac\xf0\x9f\x98\x80\", 2, 3]\n", "c.yaml");
  const Node& list = root.entries.front().value;
  EXPECT_EQ(list.mark.column, 6);
  EXPECT_EQ(list.items[1].mark.column, 13);
  EXPECT_EQ(list.items[2].mark.column, 16);
}

TEST(YamlLoader, MarksANullWithItsKey) {
  const Node root = load_yaml("a:\n\n\nb: 1\n", "c.yaml");
  EXPECT_EQ(root.find("a")->value.type, NodeType::null);
  EXPECT_EQ(to_string(root.find("a")->value.mark), "c.yaml:1:1");
}

TEST(YamlLoader, TellsQuotedTextFromPlainText) {
  const Node root = load_yaml("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\ne: >-\n  1\n", "c.yaml");
  EXPECT_FALSE(root.find("a")->value.is_quoted);
  for (const char* key : {"b", "c", "d", "e"}) {
    EXPECT_TRUE(root.find(key)->value.is_quoted) << key;
  }
}

TEST(YamlLoader, TakesAnExplicitStartAndEnd) {
  EXPECT_EQ(load_yaml("---\na: 1\n...\n", "c.yaml").find("a")->value.text, "1");
}

TEST(YamlLoader, TakesWindowsLineEndsAndNoEndOfTheLastLine) {
  const Node root = load_yaml("a: 1\r\nb:\r\n  c: 2", "c.yaml");
  EXPECT_EQ(root.find("a")->value.text, "1");
  EXPECT_EQ(to_string(find_node(root, "b.c")->mark), "c.yaml:3:6");
}

TEST(YamlLoader, ReadsEscapesAndUtf8) {
  const Node root = load_yaml("a: \"\\u00e4\\t\\n\"\nb: \xc3\xa4\n", "c.yaml");
  EXPECT_EQ(root.find("a")->value.text, "\xc3\xa4\t\n");
  EXPECT_EQ(root.find("b")->value.text, "\xc3\xa4");
}

TEST(YamlLoader, TakesTheLargestDepthAndRefusesOneMore) {
  const auto nested = [](int depth) {
    const auto lists = static_cast<std::size_t>(depth - 1);  // the root is the first level
    return "a: " + std::string(lists, '[') + std::string(lists, ']');
  };
  EXPECT_NO_THROW((void)load_yaml(nested(YamlLimits::depth), "c.yaml"));
  EXPECT_THAT(message_of([&] { (void)load_yaml(nested(YamlLimits::depth + 1), "c.yaml"); }), HasSubstr("nested"));
}

TEST(YamlLoader, TakesTheLargestSizeAndRefusesOneByteMore) {
  const std::string start = "a: 1\n#";
  const std::string largest = start + std::string(YamlLimits::bytes - start.size(), 'x');
  EXPECT_NO_THROW((void)load_yaml(largest, "c.yaml"));
  EXPECT_THAT(message_of([&] { (void)load_yaml(largest + "x", "c.yaml"); }), HasSubstr("more than 1048576 bytes"));
}

TEST(YamlLoader, MarksALongLineInLinearTime) {
  std::string text = "a: [";
  for (int i = 0; i < 90'000; ++i) {
    text += "\"\xc3\xa4\",";
  }
  const Node root = load_yaml(text + "1]", "c.yaml");
  EXPECT_EQ(root.find("a")->value.items.back().mark.column, 5 + 4 * 90'000);
}

/// Whatever bytes come, the loader and the reader return or throw a ConfigurationError that names the source.
void expect_orderly(const std::string& text) {
  try {
    (void)read_sample(text, "c.yaml");
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), StartsWith("c.yaml:"));
  }
}

TEST(YamlLoader, SurvivesEveryCutOfAFile) {
  const std::string text =
      "schema: 1\nproblem: {name: sine, terms: 4}\ntraining:\n  learning_rate: 1e-3 # c\n  shuffle: true\n"
      "output:\n  label: \"a \\u00e4 'b'\"\n  directory: |\n    text\nsampling: {total: 4096}\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    expect_orderly(text.substr(0, length));
  }
}

TEST(YamlLoader, SurvivesRandomChanges) {
  const std::string text =
      "schema: 1\nproblem:\n  name: wave\n  amplitude: 2.5\n  medium: {name: \"air\"}\nsampling: {per_rank: 3}\n"
      "training:\n  epochs: 3\n  shuffle: false\noutput: {label: 'x', directory: >-\n  folded }\n";
  std::string letters = "[]{}:,-?&*!|>'\"%@`#~<= \n\r\t01e.\\\x04\xc3\xff";
  letters.push_back('\0');
  std::mt19937_64 random(20240611);  // NOLINT(bugprone-random-generator-seed): repeats what failed
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 2000; ++round) {
    std::string changed = text;
    for (std::size_t i = 0; i <= below(6); ++i) {
      const std::size_t at = below(changed.size());
      switch (below(3)) {
        case 0:
          changed[at] = letters[below(letters.size())];
          break;
        case 1:
          changed.insert(at, 1, letters[below(letters.size())]);
          break;
        default:
          changed.erase(at, below(5));
      }
      changed.push_back('\n');
    }
    expect_orderly(changed);
  }
}

}  // namespace
}  // namespace ailoop::test
