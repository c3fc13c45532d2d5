// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_printer.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace ailoop::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SettingsPrinter, ShowsEverySettingInTheOrderOfItsDescription) {
  EXPECT_EQ(print_settings(read_sample(with_start("surrogate: {initial: /m/a.bin}\n"))),
            "schema: 1\n"
            "seed: 42\n"
            "problem:\n"
            "  name: sine\n"
            "  terms: 4\n"
            "loop:\n"
            "  gate: difference\n"
            "sampling:\n"
            "  per_rank: 32\n"
            "training:\n"
            "  learning_rate: 0.01\n"
            "  epochs: 1\n"
            "  shuffle: true\n"
            "surrogate:\n"
            "  initial: /m/a.bin\n"
            "  second:\n"
            "    kind: sine\n"
            "    terms: 4\n"
            "output:\n"
            "  label: run\n"
            "ranks:\n"
            "  threads: 0\n"
            "lists:\n"
            "  tolerance: 0.05\n"
            "  layers: [8, 4]\n");
}

TEST(SettingsPrinter, ReadsBackToTheSameText) {
  const std::vector<std::string> configurations = {
      "seed: 18446744073709551615\nsampling: {total: 7}\n",
      "training: {learning_rate: 0.1, weight_decay: 1e-300, shuffle: false}\nloop: {gate: certified}\n",
      "training: {learning_rate: 5e-324, weight_decay: 1.7976931348623157e308}\n",
      "surrogate: {initial: \"a b: c/\\u00e4.bin\", second: {kind: wave, medium: {name: \"null\"}}}\n",
      "lists: {tolerance: [5e-324, 1e-8, 0.1], layers: [64], files: [/m/a.bin, \"/a, b\", /$HOME]}\n",
      "output: {directory: 'C:\\x', label: \"tab\\t, quote \\\", line\\n, bell\\a, \\u2028, \\u0085, \\ufeff\"}\n",
  };
  for (const std::string& configuration : configurations) {
    const std::string printed = print_settings(read_sample(with_start(configuration)));
    EXPECT_EQ(print_settings(read_sample(printed, "elsewhere/printed.yaml")), printed);
  }
}

TEST(SettingsPrinter, KeepsEveryBitOfNumbers) {
  std::uint64_t state = 7;
  for (int i = 0; i < 300; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    SampleSettings written = read_sample(with_start());
    written.training.learning_rate =
        std::ldexp(1.0 + static_cast<double>(state >> 12U) * 0x1p-52, static_cast<int>(state % 2000U) - 1000);
    written.lists.tolerance = {written.training.learning_rate, 1.0 / written.training.learning_rate};
    const auto read = read_sample(print_settings(written));
    ASSERT_EQ(read.training.learning_rate, written.training.learning_rate);
    ASSERT_EQ(read.lists.tolerance, written.lists.tolerance);
  }
}

TEST(SettingsPrinter, WritesNumbersThatYaml11TakesForNumbers) {
  SampleSettings settings = read_sample(with_start());
  settings.training.learning_rate = 1e-8;
  settings.training.weight_decay = 1.5e300;
  EXPECT_THAT(print_settings(settings), HasSubstr("learning_rate: 1.0e-08\n"));
  EXPECT_THAT(print_settings(settings), HasSubstr("weight_decay: 1.5e+300\n"));
}

TEST(SettingsPrinter, KeepsEveryText) {
  std::vector<std::string> texts = {"",
                                    " ",
                                    " a",
                                    "a ",
                                    "~",
                                    "null",
                                    "Null",
                                    "true",
                                    "yes",
                                    "No",
                                    "on",
                                    "y",
                                    "1",
                                    "-1",
                                    "+1",
                                    "1e3",
                                    "0x10",
                                    ".5",
                                    ".inf",
                                    ".NaN",
                                    "010",
                                    "a: b",
                                    "a #b",
                                    "#a",
                                    "- a",
                                    "[a]",
                                    "{a}",
                                    "*a",
                                    "&a",
                                    "!a",
                                    "|",
                                    ">",
                                    "%a",
                                    "@a",
                                    "`a",
                                    "?",
                                    ":",
                                    "-",
                                    "'",
                                    "\"",
                                    "\\",
                                    "a\nb",
                                    "\r\n",
                                    "\t",
                                    "---",
                                    "...",
                                    "=",
                                    "<<",
                                    "a/b-c_d.e",
                                    "C:\\x",
                                    "\xc3\xa4",
                                    "\xf0\x9f\x98\x80",
                                    "\xef\xbf\xbe",
                                    "1:30",
                                    "2024-01-01",
                                    std::string(5000, 'x')};
  for (char c = 1; c < 127; ++c) {
    texts.emplace_back(1, c);
    texts.push_back(std::string("a") + c + "b");
  }
  for (const std::string& text : texts) {
    SampleSettings written = read_sample(with_start());
    written.label = text;
    EXPECT_EQ(read_sample(print_settings(written)).label, text);
  }
  SampleSettings written = read_sample(with_start());
  written.lists.columns = texts;
  EXPECT_EQ(read_sample(print_settings(written)).lists.columns.value(), texts);
}

TEST(SettingsPrinter, WritesListsInBracketsAndANumberAloneWithout) {
  SampleSettings settings = read_sample(with_start());
  settings.lists = {{1e-8, 2.0}, {7}, {{"M", "a, b", "true"}}, {{PathSetting("/m/a.bin")}}};
  EXPECT_THAT(print_settings(settings), HasSubstr("lists:\n"
                                                  "  tolerance: [1.0e-08, 2]\n"
                                                  "  layers: [7]\n"
                                                  "  columns: [M, \"a, b\", \"true\"]\n"
                                                  "  files: [/m/a.bin]\n"));
  settings.lists.tolerance = {0.5};
  EXPECT_THAT(print_settings(settings), HasSubstr("  tolerance: 0.5\n"));
}

TEST(SettingsPrinter, RefusesAListWithoutAnElement) {
  SampleSettings settings = read_sample(with_start());
  settings.lists.layers.clear();
  EXPECT_THROW((void)print_settings(settings), UsageError);
}

TEST(SettingsPrinter, RefusesTextThatYamlCannotHold) {
  SampleSettings settings = read_sample(with_start());
  settings.label = "\xff";
  EXPECT_THROW((void)print_settings(settings), ConfigurationError);
  settings.label = std::string("a\0b", 3);
  EXPECT_THROW((void)print_settings(settings), ConfigurationError);
}

TEST(SettingsPrinter, RefusesNumbersThatAreNotFinite) {
  SampleSettings settings = read_sample(with_start());
  settings.training.learning_rate = std::numeric_limits<double>::infinity();
  EXPECT_THROW((void)print_settings(settings), UsageError);
}

TEST(SettingsPrinter, CanShowOnlyWhatAffectsTheResult) {
  const auto result_of = [](const std::string& yaml) {
    return print_settings(read_sample(with_start(yaml)), {Affects::result});
  };
  const std::string plain = result_of("");
  EXPECT_EQ(result_of("output: {label: other, directory: x}\nranks: {threads: 3}\n"), plain);
  EXPECT_NE(result_of("training: {epochs: 2}\n"), plain);
  EXPECT_THAT(plain, Not(HasSubstr("output")));
  EXPECT_EQ(print_settings(read_sample(with_start()), {Affects::execution}), "ranks:\n  threads: 0\n");
}

TEST(SettingsPrinter, ShowsTheDefaultKindBeforeAnythingWasRead) {
  EXPECT_THAT(print_settings(SampleSettings{}), HasSubstr("    kind: sine\n    terms: 4\n"));
}

TEST(SettingsTable, ListsEverySettingWithItsDefault) {
  const auto rows = settings_table(SampleSettings{});
  const std::array types = {"boolean", "integer", "unsigned", "number", "text", "choice", "path"};
  std::vector<std::string> lines;
  lines.reserve(rows.size());
  for (const auto& row : rows) {
    lines.push_back(row.path + "|" + row.when + "|" + row.default_text + "|" +
                    types.at(static_cast<std::size_t>(row.type)));
  }
  EXPECT_THAT(
      lines,
      ElementsAre("schema|||integer", "seed||42|unsigned", "problem.name|||choice",
                  "problem.terms|problem.name = sine|4|integer", "problem.amplitude|problem.name = wave|2|number",
                  "problem.medium.name|problem.name = wave|water|text", "loop.gate||difference|choice",
                  "sampling.per_rank||32|integer", "sampling.total||none|integer",
                  "training.learning_rate||0.01|number", "training.epochs||1|integer", "training.shuffle||true|boolean",
                  "training.weight_decay||none|number", "surrogate.initial||none|path",
                  "surrogate.second.kind||sine|choice", "surrogate.second.terms|surrogate.second.kind = sine|4|integer",
                  "surrogate.second.amplitude|surrogate.second.kind = wave|2|number",
                  "surrogate.second.medium.name|surrogate.second.kind = wave|water|text", "output.directory||none|text",
                  "output.label||run|text", "ranks.threads||0|integer", "lists.tolerance||0.05|number",
                  "lists.layers||[8, 4]|integer", "lists.columns||none|text", "lists.files||none|path"));
}

TEST(SettingsTable, SaysWhatIsAllowedAndWhatItAffects) {
  for (const auto& row : settings_table(SampleSettings{})) {
    EXPECT_FALSE(row.meaning.empty()) << row.path;
    EXPECT_FALSE(allowed_text(row).empty()) << row.path;
    if (row.path == "training.epochs") {
      EXPECT_EQ(allowed_text(row), "a whole number between 1 and 1000000");
    } else if (row.path == "problem.name") {
      EXPECT_EQ(row.presence, Presence::required);
      EXPECT_EQ(allowed_text(row), "one of sine, wave");
    } else if (row.path == "ranks.threads") {
      EXPECT_EQ(to_string(row.affects), "execution");
    } else if (row.path == "lists.tolerance") {
      EXPECT_EQ(allowed_text(row), "a number greater than 0, or a list of 1 to 1000 such");
    } else if (row.path == "lists.layers") {
      EXPECT_EQ(allowed_text(row), "a list of 1 to 3 elements (each a whole number between 1 and 64)");
    }
  }
}

TEST(SettingsTable, IsALineASetting) {
  const auto rows = settings_table(SampleSettings{});
  const std::string text = to_string(rows);
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), rows.size());
  EXPECT_THAT(text, HasSubstr("step size of Adam [1]; a number greater than 0 (result)\n"));
}

TEST(SettingValues, NameTheElementsOfLists) {
  Lists lists = {{0.5}, {7, 8}, {{"M"}}, {{PathSetting("/m/a.bin")}}};
  std::vector<std::string> lines;
  for (const auto& [key, setting] : setting_values(lists)) {
    lines.push_back(key + " = " + plain_text(setting.value));
  }
  EXPECT_THAT(
      lines, ElementsAre("columns[0] = M", "files[0] = /m/a.bin", "layers[0] = 7", "layers[1] = 8", "tolerance = 0.5"));
}

}  // namespace
}  // namespace ailoop::test
