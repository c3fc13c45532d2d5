// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace ailoop::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A wrong file, and the message that it must get.
struct WrongInput {
  std::string name;
  std::string yaml;
  std::string place_and_path;  ///< how the message starts
  std::string phrase;          ///< what it says
};

std::ostream& operator<<(std::ostream& out, const WrongInput& input) { return out << input.name; }

class WrongInputs : public ::testing::TestWithParam<WrongInput> {};

TEST_P(WrongInputs, AreRefusedWithPlaceAndReason) {
  const WrongInput& input = GetParam();
  const std::string message = message_of([&] { (void)read_sample(input.yaml, "c.yaml"); });
  EXPECT_THAT(message, StartsWith(input.place_and_path));
  EXPECT_THAT(message, HasSubstr(input.phrase));
  EXPECT_LT(message.size(), 600U);
  EXPECT_EQ(message.find('\n'), std::string::npos) << "a message is one line";
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::vector<WrongInput> settings_cases() {
  const auto training = [](const std::string& line) { return with_start("training:\n  " + line + "\n"); };
  const auto lists = [](const std::string& line) { return with_start("lists:\n  " + line + "\n"); };
  return {
      {"out_of_range", training("learning_rate: -0.01"),
       "c.yaml:4:18: training.learning_rate: ", "-0.01 is not greater than 0"},
      {"open_bound", training("learning_rate: 0"), "c.yaml:4:18: training.learning_rate: ", "0 is not greater than 0"},
      {"abbreviated_key", training("lr: 1"), "c.yaml:4:3: training.lr: ", "unknown key; did you mean learning_rate?"},
      {"misspelt_key", training("epohcs: 1"), "c.yaml:4:3: training.epohcs: ", "did you mean epochs?"},
      {"key_of_another_section", with_start("epochs: 3\n"),
       "c.yaml:3:1: epochs: ", "unknown key; did you mean training.epochs?"},
      {"unknown_key", with_start("zzzzzz: 3\n"), "c.yaml:3:1: zzzzzz: ", "unknown key; allowed are schema, seed,"},
      {"key_of_another_kind", "schema: 1\nproblem:\n  name: wave\n  terms: 4\n",
       "c.yaml:4:3: problem.terms: ", "unknown key"},
      {"key_with_a_dot", with_start("\"training.epochs\": 3\n"), "c.yaml:3:1: training.epochs: ", "unknown key"},
      {"float_for_integer", training("epochs: 2.5"), "c.yaml:4:11: training.epochs: ", "2.5 is not a whole number"},
      {"whole_float_for_integer", training("epochs: 2.0"), "c.yaml:4:11: training.epochs: ", "is not a whole number"},
      {"exponent_for_integer", training("epochs: 1e3"), "c.yaml:4:11: training.epochs: ", "is not a whole number"},
      {"text_for_integer", training("epochs: many"), "c.yaml:4:11: training.epochs: ",
       "many is not a whole number in plain decimal digits; a whole number between 1 and 1000000 is expected"},
      {"quoted_integer", training("epochs: \"5\""), "c.yaml:4:11: training.epochs: ", "\"5\" is not a whole number"},
      {"block_scalar_for_integer", training("epochs: |-\n    5"),
       "c.yaml:4:11: training.epochs: ", "\"5\" is not a whole number"},
      {"leading_zero", training("epochs: 010"), "c.yaml:4:11: training.epochs: ", "010 is not a whole number"},
      {"hexadecimal", training("epochs: 0x10"), "c.yaml:4:11: training.epochs: ", "0x10 is not a whole number"},
      {"octal", training("epochs: 0o10"), "c.yaml:4:11: training.epochs: ", "0o10 is not a whole number"},
      {"binary", training("epochs: 0b1"), "c.yaml:4:11: training.epochs: ", "0b1 is not a whole number"},
      {"underscores", training("epochs: 1_000"), "c.yaml:4:11: training.epochs: ", "1_000 is not a whole number"},
      {"plus_sign", training("epochs: +5"), "c.yaml:4:11: training.epochs: ", "+5 is not a whole number"},
      {"double_minus", training("epochs: --5"), "c.yaml:4:11: training.epochs: ", "--5 is not a whole number"},
      {"sexagesimal", training("epochs: 1:30"), "c.yaml:4:11: training.epochs: ", "1:30 is not a whole number"},
      {"beyond_64_bits", training("epochs: 99999999999999999999"),
       "c.yaml:4:11: training.epochs: ", "99999999999999999999 is not a whole number between 1 and 1000000"},
      {"above_the_bound", training("epochs: 1000001"),
       "c.yaml:4:11: training.epochs: ", "1000001 is not between 1 and 1000000"},
      {"negative_seed", "schema: 1\nseed: -1\nproblem: {name: sine}\n",
       "c.yaml:2:7: seed: ", "-1 is not a whole number between 0 and 18446744073709551615"},
      {"seed_beyond_64_bits", "schema: 1\nseed: 18446744073709551616\nproblem: {name: sine}\n",
       "c.yaml:2:7: seed: ", "18446744073709551616 is not a whole number between 0 and 18446744073709551615"},
      {"decimal_comma", training("learning_rate: 0,05"), "c.yaml:4:18: training.learning_rate: ",
       "0,05 is not a plain decimal number; a number greater than 0 is expected"},
      {"infinity", training("learning_rate: .inf"), "c.yaml:4:18: training.learning_rate: ", ".inf is not a plain"},
      {"infinity_of_c", training("learning_rate: inf"), "c.yaml:4:18: training.learning_rate: ", "inf is not a plain"},
      {"not_a_number", training("learning_rate: .nan"), "c.yaml:4:18: training.learning_rate: ", ".nan is not a plain"},
      {"not_a_number_of_c", training("learning_rate: nan"), "c.yaml:4:18: training.learning_rate: ", "nan is not a"},
      {"too_large_number", training("learning_rate: 1e400"),
       "c.yaml:4:18: training.learning_rate: ", "1e400 is out of the range of 64-bit numbers"},
      {"too_small_number", training("learning_rate: 1e-400"),
       "c.yaml:4:18: training.learning_rate: ", "1e-400 is out of the range of 64-bit numbers"},
      {"bare_point", training("learning_rate: .5"), "c.yaml:4:18: training.learning_rate: ", ".5 is not a plain"},
      {"trailing_point", training("learning_rate: 5."), "c.yaml:4:18: training.learning_rate: ", "5. is not a plain"},
      {"hexadecimal_float", training("learning_rate: 0x1p3"),
       "c.yaml:4:18: training.learning_rate: ", "is not a plain"},
      {"unit_after_number", training("learning_rate: 1 s"), "c.yaml:4:18: training.learning_rate: ", "1 s is not a"},
      {"yes_for_boolean", training("shuffle: yes"), "c.yaml:4:12: training.shuffle: ", "yes is neither true nor false"},
      {"capital_boolean", training("shuffle: True"), "c.yaml:4:12: training.shuffle: ", "True is neither true nor"},
      {"quoted_boolean", training("shuffle: \"true\""), "c.yaml:4:12: training.shuffle: ", "\"true\" is neither true"},
      {"number_for_boolean", training("shuffle: 1"), "c.yaml:4:12: training.shuffle: ", "1 is neither true nor false"},
      {"null_value", training("epochs: null"), "c.yaml:4:3: training.epochs: ", "no value; a whole number between"},
      {"tilde_value", training("epochs: ~"), "c.yaml:4:3: training.epochs: ", "no value; a whole number between"},
      {"empty_value", with_start("training:\n  epochs:\n\n\n\nseed: 1\n"),
       "c.yaml:4:3: training.epochs: ", "no value; a whole number between"},
      {"nothing_for_an_optional", training("weight_decay:"),
       "c.yaml:4:3: training.weight_decay: ", "no value; a number at least 0, or null for none, is expected"},
      {"null_for_an_optional_with_a_default", with_start("sampling: {per_rank: null}\n"),
       "c.yaml:3:12: sampling.per_rank: ", "no value; a whole number between 1 and 1000000000 is expected"},
      {"null_text", with_start("output: {label: null}\n"), "c.yaml:3:10: output.label: ", "no value; text is expected"},
      {"list_for_scalar", training("epochs: [1, 2]"), "c.yaml:4:11: training.epochs: ", "a list; a whole number"},
      {"number_for_list", lists("layers: 3"), "c.yaml:4:11: lists.layers: ",
       "3; a list of 1 to 3 elements (each a whole number between 1 and 64) is expected"},
      {"section_for_list", lists("layers: {a: 1}"), "c.yaml:4:11: lists.layers: ", "a section; a list of 1 to 3"},
      {"null_for_list", lists("layers: null"), "c.yaml:4:3: lists.layers: ", "no value; a list of 1 to 3 elements"},
      {"nothing_for_an_optional_list", lists("columns:"), "c.yaml:4:3: lists.columns: ",
       "no value; a list of 1 to 1000 elements (each text), or null for none, is expected"},
      {"empty_list", lists("layers: []"), "c.yaml:4:11: lists.layers: ", "a list has 0 elements; a list of 1 to 3"},
      {"list_too_long", lists("layers: [1, 2, 3, 4]"), "c.yaml:4:11: lists.layers: ", "a list has 4 elements; a list"},
      {"element_of_wrong_type", lists("layers: [1, 2.5]"),
       "c.yaml:4:15: lists.layers[1]: ", "2.5 is not a whole number in plain decimal digits; a whole number between 1"},
      {"element_out_of_range", lists("layers:\n  - 1\n  - 65"),
       "c.yaml:6:5: lists.layers[1]: ", "65 is not between 1 and 64"},
      {"first_wrong_element", lists("layers: [x, y]"), "c.yaml:4:12: lists.layers[0]: ", "x is not a whole number"},
      {"number_for_element_of_text", lists("columns: [M, 1]"),
       "c.yaml:4:16: lists.columns[1]: ", "1 is not text to YAML; write it in quotes"},
      {"null_element", lists("columns: [M, null]"), "c.yaml:4:16: lists.columns[1]: ", "no value; text is expected"},
      {"empty_element", lists("files: [\"\"]"), "c.yaml:4:11: lists.files[0]: ", "the text is empty; a path is"},
      {"section_in_list", lists("columns: [{a: 1}]"), "c.yaml:4:13: lists.columns[0]: ", "a section; text is"},
      {"list_in_list", lists("layers: [[1]]"), "c.yaml:4:12: lists.layers[0]: ", "a list; a whole number between"},
      {"wrong_path_in_list", lists("files: [a, ~b]"), "c.yaml:4:14: lists.files[1]: ", "~b begins with ~ and a name"},
      {"text_for_number_or_list", lists("tolerance: x"), "c.yaml:4:14: lists.tolerance: ",
       "x is not a plain decimal number; a number greater than 0, or a list of 1 to 1000 such is expected"},
      {"empty_list_for_number_or_list", lists("tolerance: []"), "c.yaml:4:14: lists.tolerance: ",
       "a list has 0 elements; a number greater than 0, or a list of 1 to 1000 such is expected"},
      {"element_of_number_or_list", lists("tolerance: [1, 0]"),
       "c.yaml:4:18: lists.tolerance[1]: ", "0 is not greater than 0"},
      {"section_for_scalar", training("epochs: {a: 1}"), "c.yaml:4:11: training.epochs: ", "a section; a whole number"},
      {"scalar_for_section", with_start("training: 3\n"),
       "c.yaml:3:11: training: ", "3; a section of settings is expected"},
      {"list_for_section", with_start("training:\n  - epochs: 3\n"), "c.yaml:4:3: training: ", "a list; a section"},
      {"empty_section", with_start("training:\noutput: {label: a}\n"),
       "c.yaml:3:1: training: ", "no value; a section of settings is expected"},
      {"unknown_choice", with_start("loop:\n  gate: diference\n"),
       "c.yaml:4:9: loop.gate: ", "diference is not one of difference, certified; did you mean difference?"},
      {"choice_by_case", with_start("loop:\n  gate: Certified\n"),
       "c.yaml:4:9: loop.gate: ", "did you mean certified?"},
      {"unknown_kind", "schema: 1\nproblem:\n  name: sin\n  terms: 4\n",
       "c.yaml:3:9: problem.name: ", "sin is not one of sine, wave; did you mean sine?"},
      {"missing_kind", "schema: 1\nproblem:\n  terms: 4\n", "c.yaml:2:1: problem.name: ", "missing; one of sine, wave"},
      {"missing_kind_alone", "schema: 1\nseed: 3\n", "c.yaml:1:1: problem.name: ", "missing; one of sine, wave is"},
      {"missing_schema", "problem: {name: sine}\n", "c.yaml:1:1: schema: ", "missing; a whole number 1 is required"},
      {"other_schema", "schema: 2\nproblem: {name: sine}\n", "c.yaml:1:9: schema: ", "2 is not 1"},
      {"empty_text", with_start("output: {directory: ''}\n"), "c.yaml:3:21: output.directory: ", "the text is empty"},
      {"control_character_in_text", with_start("output: {directory: \"a\\nb\"}\n"),
       "c.yaml:3:21: output.directory: ", "has a control character"},
      {"number_for_text", with_start("output: {directory: 2024}\n"),
       "c.yaml:3:21: output.directory: ", "2024 is not text to YAML; write it in quotes"},
      {"boolean_for_text", with_start("output: {label: true}\n"), "c.yaml:3:17: output.label: ", "write it in quotes"},
      {"empty_path", with_start("surrogate: {initial: \"\"}\n"), "c.yaml:3:22: surrogate.initial: ", "is empty"},
      {"exclusive_pair", with_start("sampling:\n  total: 8\n  per_rank: 2\n"),
       "c.yaml:5:3: sampling.per_rank: ", "given beside total at c.yaml:4:3; only one of per_rank, total is allowed"},
      {"first_of_many", with_start("training: {epochs: no}\nseed: no\nzzz: 1\n"),
       "c.yaml:3:20: training.epochs: ", "no is not a whole number"},
      {"unknown_before_missing", "schema: 1\nprobelm: {name: sine}\n",
       "c.yaml:2:1: probelm: ", "did you mean problem?"},
      {"column_in_characters", with_start("output: {label: \"\xc3\xa4\xe2\x82\xac\", directory: 1}\n"),
       "c.yaml:3:34: output.directory: ", "1 is not text"},
      {"long_value_is_cut", training("epochs: " + repeated("x", 1000)), "c.yaml:4:11: training.epochs: ", "xxx... is"},
      {"long_key_is_cut", with_start(repeated("k", 500) + ": 1\n"), "c.yaml:3:1: kkk", "kkk...: unknown key"},
      {"control_characters_are_shown", training("\"a\\eb\": 1"), "c.yaml:4:3: training.a\\x1bb: ", "unknown key"},
      {"windows_line_ends", "schema: 1\r\nproblem: {name: sine}\r\nseed: x\r\n", "c.yaml:3:7: seed: ", "x is not a"},
  };
}

std::vector<WrongInput> yaml_cases() {
  const std::string bomb = [] {
    std::string out = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
      const std::string alias = std::string("*") + static_cast<char>(c - 1);
      out += std::string(1, c) + ": &" + c + " [" + alias + repeated("," + alias, 8) + "]\n";
    }
    return out;
  }();
  const std::string nul("schema: 1\nseed: 1\0", 18);
  const std::string utf16le("\xff\xfes\0c\0h\0e\0m\0a\0", 14);
  const std::string utf16be("\xfe\xff\0s\0c", 6);
  const std::string utf16_bare("s\0c\0h\0", 6);
  return {
      {"empty", "", "c.yaml:1:1: ", "no settings"},
      {"comment_only", "# nothing\n", "c.yaml:1:1: ", "no settings"},
      {"null_document", "---\nnull\n", "c.yaml:1:1: ", "no settings"},
      {"scalar_root", "sine\n", "c.yaml:1:1: ", "not a setting"},
      {"list_root", "- schema: 1\n", "c.yaml:1:1: ", "not a setting"},
      {"alias_bomb", bomb, "c.yaml:1:4: a: ", "anchors are not allowed"},
      {"recursive_alias", "a: &a [*a]\n", "c.yaml:1:4: a: ", "anchors are not allowed"},
      {"alias_without_anchor", "a: *b\n", "c.yaml:1:", "anchor"},
      {"anchored_null", "a: &b\nc: 1\n", "c.yaml:", "anchors are not allowed"},
      {"anchored_key", "&k a: 1\n", "c.yaml:1:1: ", "anchors are not allowed"},
      {"anchored_section", "a: &b\n  c: 1\n", "c.yaml:1:4: a: ", "anchors are not allowed"},
      {"tag", with_start("seed: !!int 3\n"), "c.yaml:3:7: seed: ", "tags are not allowed"},
      {"text_tag", with_start("seed: !!str 3\n"), "c.yaml:3:7: seed: ", "tags are not allowed"},
      {"bare_tag", with_start("seed: ! 3\n"), "c.yaml:3:7: seed: ", "tags are not allowed"},
      {"tagged_section", with_start("training: !!map {epochs: 1}\n"), "c.yaml:3:11: training: ", "tags are not"},
      {"tagged_list", with_start("seed: !!set [1]\n"), "c.yaml:3:7: seed: ", "tags are not allowed"},
      {"tagged_null", with_start("seed: !!null\n"), "c.yaml:", "tags are not allowed"},
      {"verbatim_tag", with_start("seed: !<?> 3\n"), "c.yaml:3:7: seed: ", "tags are not allowed"},
      {"merge_key", with_start("training:\n  <<: {epochs: 3}\n"), "c.yaml:4:3: training: ", "merge keys are not"},
      {"second_document", with_start("---\nseed: 3\n"), "c.yaml:3:", "second document"},
      {"empty_second_document", with_start("---\n"), "c.yaml:", "second document"},
      {"text_after_the_document", "{schema: 1}\nseed: 3\n", "c.yaml:2:", ""},
      {"directive", "%YAML 1.1\n---\nschema: 1\n", "c.yaml:1:1: ", "directives are not allowed"},
      {"tag_directive", "%TAG ! tag:x,2000:\n---\nschema: 1\n", "c.yaml:1:1: ", "directives are not allowed"},
      {"duplicate_key", with_start("seed: 1\ntraining: {epochs: 1}\nseed: 2\n"),
       "c.yaml:5:1: seed: ", "given twice, first at c.yaml:3:1"},
      {"duplicate_key_by_quotes", with_start("seed: 1\n\"seed\": 2\n"), "c.yaml:4:1: seed: ", "given twice"},
      {"duplicate_section", with_start("training: {epochs: 1}\ntraining: {shuffle: true}\n"),
       "c.yaml:4:1: training: ", "given twice, first at c.yaml:3:1"},
      {"duplicate_key_in_section", with_start("training: {epochs: 1, epochs: 2}\n"),
       "c.yaml:3:23: training.epochs: ", "given twice, first at c.yaml:3:12"},
      {"null_key", with_start("~: 1\n"), "c.yaml:3:1: ", "a key without a name"},
      {"no_key", with_start(": 1\n"), "c.yaml:3:1: ", "a key without a name"},
      {"empty_key", with_start("\"\": 1\n"), "c.yaml:3:1: ", "an empty key"},
      {"list_as_key", with_start("? [a, b]\n: 1\n"), "c.yaml:3:3: ", "keys are text"},
      {"section_as_key", with_start("{a: 1}: 1\n"), "c.yaml:3:1: ", "keys are text"},
      {"byte_order_mark", "\xef\xbb\xbfschema: 1\n", "c.yaml:1:1: ", "byte order mark"},
      {"byte_order_mark_inside",
       with_start("seed: \xef\xbb\xbf"
                  "1\n"),
       "c.yaml:3:7: ", "byte order mark"},
      {"utf16_little", utf16le, "c.yaml:1:1: ", "UTF-16"},
      {"utf16_big", utf16be, "c.yaml:1:1: ", "UTF-16"},
      {"utf16_without_mark", utf16_bare, "c.yaml:1:2: ", "NUL"},
      {"nul_byte", nul, "c.yaml:2:8: ", "NUL"},
      {"nul_escape", with_start("output: {label: \"a\\0b\"}\n"), "c.yaml:3:17: output.label: ", "without NUL"},
      {"surrogate_escape", with_start("output: {label: \"\\ud800\"}\n"), "c.yaml:3:", "output.label: "},
      {"latin1", with_start("output: {label: \xe4}\n"), "c.yaml:3:17: ", "not valid UTF-8"},
      {"overlong_utf8", with_start("seed: \xc0\xaf\n"), "c.yaml:3:7: ", "not valid UTF-8"},
      {"utf8_surrogate", with_start("seed: \xed\xa0\x80\n"), "c.yaml:3:7: ", "not valid UTF-8"},
      {"cut_utf8", with_start("seed: \xe2\x82"), "c.yaml:3:7: ", "not valid UTF-8"},
      {"end_of_transmission", with_start("seed: 1\x04\nzzz: 1\n"), "c.yaml:3:8: ", "control character"},
      {"lone_carriage_return", "schema: 1\rseed: 2\n", "c.yaml:1:10: ", "control character"},
      {"tab_indentation", with_start("training:\n\tepochs: 1\n"), "c.yaml:4:1: ", "indent with spaces"},
      {"tab_after_spaces", with_start("training:\n  \tepochs: 1\n"), "c.yaml:4:3: ", "indent with spaces"},
      {"broken_list", with_start("seed: [1, 2\n"), "c.yaml:", "not valid YAML"},
      {"broken_section", with_start("training: {epochs: 1\n"), "c.yaml:", "not valid YAML"},
      {"broken_quotes", with_start("output: {label: \"a\n"), "c.yaml:", "not valid YAML"},
      {"two_values_in_a_line", with_start("seed: 1: 2\n"), "c.yaml:3:", "not valid YAML"},
      {"wrong_indentation", with_start("training:\n    epochs: 1\n  shuffle: true\n"), "c.yaml:5:", "not valid YAML"},
      {"bad_escape", with_start("output: {label: \"\\q\"}\n"), "c.yaml:3:", "not valid YAML"},
      {"text_without_a_key", with_start("hello\n"), "c.yaml:3:1: hello: ", "unknown key"},
      {"deep_list", "a: " + repeated("[", 20'000) + repeated("]", 20'000), "c.yaml:1:67: ", "nested more than 64 deep"},
      {"deep_open_list", "a: " + repeated("[", 20'000), "c.yaml:1:", ""},
      {"deep_section", repeated("{a: ", 20'000) + repeated("}", 20'000), "c.yaml:1:257: ", "nested more than 64 deep"},
      {"deep_open_section", repeated("{a: ", 20'000), "c.yaml:1:", ""},
      {"deep_dashes", repeated("- ", 20'000) + "1", "c.yaml:1:", "nested more than 64 deep"},
      {"deep_questions", repeated("? ", 20'000) + "1", "c.yaml:1:", "keys are text"},
      {"deep_indentation",
       [] {
         std::string out;
         for (std::size_t i = 0; i < 1000; ++i) {
           out += std::string(i, ' ') + "a:\n";
         }
         return out;
       }(),
       "c.yaml:65:", "nested more than 64 deep"},
      {"too_many_brackets", repeated("[", 500'000), "c.yaml:1:100001: ", "more than 100000 brackets"},
      {"too_many_values", "a: [" + repeated("1,", 150'000) + "1]\n", "c.yaml:1:", "more than 100000 values"},
      {"too_many_keys",
       [] {
         std::string out;
         for (int i = 0; i < 60'000; ++i) {
           out += "k" + std::to_string(i) + ": 1\n";
         }
         return out;
       }(),
       "c.yaml:50000:", "more than 100000 values"},
      {"huge_file", with_start(repeated("# a comment\n", 100'000)), "c.yaml:1:1: ", "more than 1048576 bytes"},
      {"huge_scalar", with_start("seed: " + repeated("1", 1'000'000) + "\n"), "c.yaml:3:7: seed: ", "1... is not a"},
      {"huge_line_of_keys", "{" + repeated("a: 1, ", 150'000) + "}", "c.yaml:1:8: a: ", "given twice"},
  };
}

INSTANTIATE_TEST_SUITE_P(Settings, WrongInputs, ::testing::ValuesIn(settings_cases()),
                         [](const auto& param) { return param.param.name; });
INSTANTIATE_TEST_SUITE_P(Yaml, WrongInputs, ::testing::ValuesIn(yaml_cases()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace ailoop::test
