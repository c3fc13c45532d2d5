// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/overrides.hpp>

#include <ailoop/config/settings_printer.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ailoop::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Node configured(const std::string& yaml, const std::vector<std::string>& assignments) {
  Node root = load_yaml(yaml, "config/sample.yaml");
  for (const std::string& assignment : assignments) {
    root = with_override(root, assignment);
  }
  return root;
}

SampleSettings settings(const std::string& yaml, const std::vector<std::string>& assignments) {
  return read_settings<SampleSettings>(configured(yaml, assignments));
}

std::string refusal(const std::vector<std::string>& assignments, const std::string& yaml = with_start()) {
  return message_of([&] { (void)settings(yaml, assignments); });
}

TEST(Overrides, ReplaceAValueOfTheFile) {
  EXPECT_EQ(settings(with_start("training: {epochs: 3, shuffle: false}\n"), {"training.epochs=7"}).training.epochs, 7);
  EXPECT_FALSE(settings(with_start("training: {epochs: 3, shuffle: false}\n"), {"training.epochs=7"}).training.shuffle);
}

TEST(Overrides, MakeMissingSections) {
  EXPECT_EQ(settings(with_start(), {"training.epochs=7"}).training.epochs, 7);
  EXPECT_EQ(settings(with_start(), {"surrogate.second.kind=wave"}).second.kind->amplitude(), 2.0);
}

TEST(Overrides, FillASectionThatIsEmptyInTheFile) {
  EXPECT_EQ(settings(with_start("training:\n"), {"training.epochs=7"}).training.epochs, 7);
}

TEST(Overrides, TheLastOneWins) {
  EXPECT_EQ(settings(with_start(), {"seed=1", "training.epochs=7", "seed=3"}).seed, 3U);
}

TEST(Overrides, LeaveTheOriginalAsItWas) {
  const Node root = load_yaml("a: {b: 1}\n", "c.yaml");
  const Node changed = with_override(root, "a.b=2");
  EXPECT_EQ(find_node(root, "a.b")->text, "1");
  EXPECT_EQ(find_node(changed, "a.b")->text, "2");
}

TEST(Overrides, NumberThemselvesInTurn) {
  const Node root = configured("a: 1\n", {"b=1", "c.d=2"});
  EXPECT_EQ(root.find("a")->key_mark.order, 0);
  EXPECT_EQ(root.find("b")->key_mark.order, 1);
  EXPECT_EQ(find_node(root, "c.d")->mark.order, 2);
  EXPECT_EQ(to_string(find_node(root, "c.d")->mark), "--set c.d=2");
}

TEST(Overrides, TakeListsInBrackets) {
  const Node root = configured("a: 1\n", {"b=[1, 'x']"});
  ASSERT_EQ(root.find("b")->value.type, NodeType::sequence);
  EXPECT_EQ(root.find("b")->value.items[1].text, "x");
  EXPECT_TRUE(root.find("b")->value.items[1].is_quoted);
}

TEST(Overrides, TakeQuotedTextAndEqualsSigns) {
  EXPECT_EQ(settings(with_start(), {"output.label=\"a=b # c\""}).label, "a=b # c");
  EXPECT_EQ(settings(with_start(), {"output.label=a=b"}).label, "a=b");
  EXPECT_EQ(settings(with_start(), {"output.label=''"}).label, "");
}

TEST(Overrides, OfOneOfAPairRemoveTheOther) {
  const auto of_file = settings(with_start("sampling: {per_rank: 8}\n"), {"sampling.total=4096"});
  EXPECT_EQ(of_file.total, 4096);
  EXPECT_EQ(of_file.per_rank, std::nullopt);
  const auto back = settings(with_start(), {"sampling.total=4096", "sampling.per_rank=8"});
  EXPECT_EQ(back.total, std::nullopt);
  EXPECT_EQ(back.per_rank, 8);
  const auto again = settings(with_start(), {"sampling.total=4096", "sampling.per_rank=8", "sampling.total=2"});
  EXPECT_EQ(again.total, 2);
  EXPECT_EQ(again.per_rank, std::nullopt);
}

TEST(Overrides, TakeBackByNullWhatTheFileSays) {
  const std::string file = with_start("sampling: {total: 8}\ntraining: {epochs: 3, weight_decay: 0.5}\n");
  const auto read = settings(file, {"sampling.total=null", "training.epochs=null", "training.weight_decay=null",
                                    "surrogate.second.kind=null"});
  EXPECT_EQ(read.total, std::nullopt);
  EXPECT_EQ(read.per_rank, 32);
  EXPECT_EQ(read.training.epochs, 1);
  EXPECT_EQ(read.training.weight_decay, std::nullopt);
  EXPECT_EQ(settings(file, {"training.epochs=null", "training.epochs=7"}).training.epochs, 7);
}

TEST(Overrides, ByNullOfWhatCannotBeTakenBackAreRefused) {
  EXPECT_EQ(refusal({"zzz.lr=null"}),
            "--set zzz.lr=null: zzz: unknown key; allowed are schema, seed, problem, loop, "
            "sampling, training, surrogate, output, ranks, lists");
  EXPECT_THAT(refusal({"problem.name=null"}), HasSubstr("problem.name: missing; "));
  EXPECT_THAT(refusal({"problem=null"}), HasSubstr("problem: a section; name one of its settings"));
}

TEST(Overrides, NameTheirPathsFromTheWorkingDirectory) {
  const auto read = settings(with_start(), {"surrogate.initial=models/a.safetensors"});
  EXPECT_EQ(read.initial.value().expanded(), std::filesystem::current_path() / "models/a.safetensors");
}

TEST(Overrides, OfListsFollowTheRulesOfTheFile) {
  const auto read = settings(with_start("lists: {tolerance: 3, columns: [a]}\n"),
                             {"lists.tolerance=[1, 2.5]", "lists.columns=[M, 'e, 1']", "lists.files=[a.bin, /b.bin]"});
  EXPECT_THAT(read.lists.tolerance, ElementsAre(1.0, 2.5));
  EXPECT_THAT(read.lists.columns.value(), ElementsAre("M", "e, 1"));
  EXPECT_EQ(read.lists.files->at(0).expanded(), std::filesystem::current_path() / "a.bin");
  EXPECT_EQ(read.lists.files->at(1).written(), "/b.bin");
  EXPECT_EQ(settings(with_start("lists: {columns: [a]}\n"), {"lists.columns=null"}).lists.columns, std::nullopt);
  EXPECT_EQ(refusal({"lists.tolerance=[1, -2]"}),
            "--set lists.tolerance=[1, -2]: lists.tolerance[1]: -2 is not greater than 0");
  EXPECT_THAT(refusal({"lists.columns=M, e"}), HasSubstr("lists.columns: M, e; a list of 1 to 1000 elements"));
}

TEST(Overrides, OfEveryDescribedSettingAreRead) {
  const auto sample = [](const SettingRow& row) -> std::string {
    if (const auto* range = std::get_if<IntegerRange>(&row.constraint)) {
      return std::to_string(range->upper);
    }
    if (const auto* one_of = std::get_if<OneOf>(&row.constraint)) {
      return one_of->choices.back().name;
    }
    switch (row.type) {
      case SettingType::boolean:
        return "false";
      case SettingType::number:
        return "0.125";
      case SettingType::unsigned_integer:
        return "18446744073709551615";
      default:
        return "/some/text";
    }
  };
  for (const SettingRow& row : settings_table(SampleSettings{})) {
    SCOPED_TRACE(row.path + " when " + row.when);
    std::vector<std::string> assignments = {"problem.name=sine"};
    if (const auto equals = row.when.find(" = "); equals != std::string::npos) {
      assignments.push_back(row.when.substr(0, equals) + "=" + row.when.substr(equals + 3));
    }
    assignments.push_back(row.path + "=" + (row.list ? "[" + sample(row) + "]" : sample(row)));
    const auto read = settings(with_start(), assignments);
    // The printed settings show that the value arrived where the description says.
    const Node printed = load_yaml(print_settings(read), "printed");
    const Node* node = find_node(printed, row.path + (row.list ? "[0]" : ""));
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->text, sample(row));
  }
}

TEST(Overrides, WithUnknownKeysAreRefusedByName) {
  EXPECT_EQ(refusal({"training.lr=1"}), "--set training.lr=1: training.lr: unknown key; did you mean learning_rate?");
  EXPECT_THAT(refusal({"zzz=1"}), StartsWith("--set zzz=1: zzz: unknown key; allowed are schema,"));
}

TEST(Overrides, WithWrongValuesAreRefusedByName) {
  EXPECT_EQ(refusal({"training.learning_rate=-1"}),
            "--set training.learning_rate=-1: training.learning_rate: -1 is not greater than 0");
  EXPECT_THAT(refusal({"training.epochs=\"3\""}), HasSubstr("\"3\" is not a whole number"));
  EXPECT_THAT(refusal({"training.epochs=[3]"}), HasSubstr("a list; a whole number between 1 and 1000000 is expected"));
}

TEST(Overrides, AreReportedAfterTheFile) {
  EXPECT_THAT(refusal({"training.lr=1"}, with_start("zzz: 1\n")), StartsWith("config/sample.yaml:3:1: zzz: "));
}

TEST(Overrides, OfAWrongFormAreRefused) {
  EXPECT_EQ(refusal({"seed"}), "--set seed: no =; KEY=VALUE is expected");
  for (const char* assignment : {"=3", ".=3", "training.=3", ".epochs=3", "training..epochs=3"}) {
    EXPECT_THAT(refusal({assignment}), HasSubstr("not a key; SECTION.KEY=VALUE is expected")) << assignment;
  }
  EXPECT_THAT(refusal({std::string(200, '.') + "=3"}), HasSubstr("not a key"));
  EXPECT_THAT(refusal({"a\xff=3"}), HasSubstr("UTF-8"));
}

TEST(Overrides, WithoutExactlyOneValueAreRefused) {
  for (const char* value : {"", " ", "Null", "~", "# null"}) {
    EXPECT_THAT(refusal({std::string("seed=") + value}), HasSubstr("seed: no value; one value")) << value;
  }
  for (const char* value : {"{a: 1}", "a: 1"}) {
    EXPECT_THAT(refusal({std::string("seed=") + value}), HasSubstr("seed: a section; one value")) << value;
  }
  EXPECT_THAT(refusal({"seed=3 # three"}), HasSubstr("more than one value"));
  EXPECT_THAT(refusal({"seed='3' # three"}), HasSubstr("more than one value"));
  EXPECT_THAT(refusal({"seed=- 3"}), HasSubstr("not a list in brackets"));
  for (const char* value : {"[1] # two", "[1] # [2]", "[1] [2]", "[1]]"}) {
    EXPECT_THAT(refusal({std::string("lists.layers=") + value}), StartsWith("--set lists.layers=[1]")) << value;
  }
  EXPECT_THAT(settings(with_start(), {"lists.columns=['# a]', \"]\", b#]"}).lists.columns.value(),
              ElementsAre("# a]", "]", "b#"));
  EXPECT_THAT(refusal({"seed=3\nzzz: 1"}), HasSubstr("more than one line"));
}

TEST(Overrides, WithYamlTrapsAreRefused) {
  EXPECT_THAT(refusal({"seed=&a 3"}), HasSubstr("seed: an anchor (&)"));
  EXPECT_THAT(refusal({"seed=*a"}), StartsWith("--set seed=*a: seed: "));
  EXPECT_THAT(refusal({"seed=!!int 3"}), HasSubstr("seed: a tag (!)"));
  EXPECT_THAT(refusal({"seed=[1"}), HasSubstr("a bracket left open"));
  EXPECT_THAT(refusal({"seed=%YAML 1.2"}), HasSubstr("directive"));
  EXPECT_THAT(refusal({"seed=" + std::string(20'000, '[')}), StartsWith("--set seed=[[["));
  EXPECT_THAT(refusal({"seed=" + std::string(2'000'000, '1')}), StartsWith("--set seed=111"));
}

TEST(Overrides, OfASectionAreRefused) {
  EXPECT_EQ(refusal({"training=3"}, with_start("training: {epochs: 1}\n")),
            "--set training=3: training: a section; name one of its settings");
  EXPECT_EQ(refusal({"training=3"}), "--set training=3: training: 3; a section of settings is expected");
}

TEST(Overrides, BelowAValueAreRefused) {
  EXPECT_EQ(refusal({"seed.x=3"}, with_start("seed: 1\n")), "--set seed.x=3: seed.x: seed is a setting, not a section");
  EXPECT_EQ(refusal({"seed.x=3"}),
            "--set seed.x=3: seed: a section; a whole number between 0 and 18446744073709551615 is expected");
}

TEST(Overrides, ThatLeaveSomethingMissingPointAtTheFile) {
  EXPECT_THAT(refusal({"problem.terms=3"}, "schema: 1\n"), StartsWith("config/sample.yaml:1:1: problem.name: missing"));
}

}  // namespace
}  // namespace ailoop::test
