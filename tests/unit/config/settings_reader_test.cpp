// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_reader.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>

namespace ailoop::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

TEST(SettingsReader, KeepsDefaultsOfWhatIsNotNamed) {
  const auto read = read_sample(with_start());
  const SampleSettings defaults;
  EXPECT_EQ(read.seed, defaults.seed);
  EXPECT_EQ(read.gate, defaults.gate);
  EXPECT_EQ(read.per_rank, defaults.per_rank);
  EXPECT_EQ(read.total, std::nullopt);
  EXPECT_EQ(read.training.learning_rate, defaults.training.learning_rate);
  EXPECT_EQ(read.initial, std::nullopt);
}

TEST(SettingsReader, ReadsEveryTypeOfSetting) {
  const auto read =
      read_sample(with_start("seed: 18446744073709551615\nloop: {gate: certified}\nsampling: {total: 4096}\n"
                             "training: {learning_rate: 2.5e-3, epochs: 1000000, shuffle: false, weight_decay: 0}\n"
                             "output: {directory: \"42\", label: a b}\n"));
  EXPECT_EQ(read.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read.gate, Gate::certified);
  EXPECT_EQ(read.training.learning_rate, 2.5e-3);
  EXPECT_EQ(read.training.epochs, 1'000'000);
  EXPECT_FALSE(read.training.shuffle);
  EXPECT_EQ(read.training.weight_decay, 0.0);
  EXPECT_EQ(read.directory, "42");
  EXPECT_EQ(read.label, "a b");
}

enum class Engine { fast, slow };

struct EngineSettings {
  Engine engine = Engine::fast;
};

/// Of a build that lacks one of the engines.
void describe(Visitor& v, EngineSettings& s) {
  v.field("engine", s.engine,
          choices<Engine>({{Engine::fast, "fast", "", "which lacks a library"}, {Engine::slow, "slow", ""}}),
          Affects::result, "what computes");
}

TEST(SettingsReader, TakesNothingInPlaceOfADefaultThatTheBuildLacks) {
  const auto read = [](const std::string& text) {
    const Node root = load_yaml(text, "c.yaml");
    EngineSettings settings;
    read_settings(root, settings);
    return settings.engine;
  };
  EXPECT_EQ(read("engine: slow"), Engine::slow);
  EXPECT_THAT(
      [&] { static_cast<void>(read("engine: fast")); },
      ThrowsMessage<ConfigurationError>("c.yaml:1:9: engine: fast is not in this build, which lacks a library"));
  EXPECT_THAT([&] { static_cast<void>(read("{}")); },
              ThrowsMessage<ConfigurationError>(
                  "c.yaml:1:1: engine: missing; slow is required: the default fast is not in this build, "
                  "which lacks a library"));
}

TEST(SettingsReader, ReadsListsInBracketsAndOnLines) {
  const auto lists = read_sample(with_start("lists:\n  tolerance: [1, 2.5e-3]\n  layers:\n  - 3\n  - 64\n"
                                            "  columns: [M, \"1\", ]\n  files: [a.bin, /m/$X]\n"),
                                 "/data/x.yaml")
                         .lists;
  EXPECT_THAT(lists.tolerance, ElementsAre(1.0, 2.5e-3));
  EXPECT_THAT(lists.layers, ElementsAre(3, 64));
  EXPECT_THAT(lists.columns.value(), ElementsAre("M", "1"));
  EXPECT_EQ(lists.files->at(0).written(), "/data/a.bin");
  EXPECT_EQ(lists.files->at(1).written(), "/m/$X");
}

TEST(SettingsReader, TakesANumberForAListOfOne) {
  for (const char* written : {"0.25", "[0.25]"}) {
    EXPECT_THAT(read_sample(with_start(std::string("lists: {tolerance: ") + written + "}\n")).lists.tolerance,
                ElementsAre(0.25));
  }
}

TEST(SettingsReader, KeepsDefaultsOfListsThatAreNotNamed) {
  const auto lists = read_sample(with_start("lists: {columns: null}\n")).lists;
  EXPECT_THAT(lists.tolerance, ElementsAre(0.05));
  EXPECT_THAT(lists.layers, ElementsAre(8, 4));
  EXPECT_EQ(lists.columns, std::nullopt);
}

TEST(SettingsReader, TakesAWholeNumberWhereANumberIsExpected) {
  EXPECT_EQ(read_sample(with_start("training: {learning_rate: 1}\n")).training.learning_rate, 1.0);
}

TEST(SettingsReader, TakesChoicesInQuotes) {
  EXPECT_EQ(read_sample(with_start("loop: {gate: \"certified\"}\n")).gate, Gate::certified);
}

TEST(SettingsReader, OneOfAnExclusivePairTakesTheDefaultOfTheOtherAway) {
  const auto read = read_sample(with_start("sampling: {total: 4096}\n"));
  EXPECT_EQ(read.total, 4096);
  EXPECT_EQ(read.per_rank, std::nullopt);
}

TEST(SettingsReader, TakesNullForNoneWhereThatIsTheDefault) {
  const auto read =
      read_sample(with_start("training: {weight_decay: null}\nsurrogate:\n  initial: null\n"
                             "sampling: {total: null, per_rank: 7}\n"));
  EXPECT_EQ(read.training.weight_decay, std::nullopt);
  EXPECT_EQ(read.initial, std::nullopt);
  EXPECT_EQ(read.per_rank, 7);
}

TEST(SettingsReader, ReadsTheSettingsOfTheChosenKind) {
  const auto sine = read_sample("schema: 1\nproblem: {terms: 7, name: sine}\n");
  EXPECT_EQ(dynamic_cast<const Sine&>(*sine.problem.kind).terms(), 7);
  const auto wave = read_sample("schema: 1\nproblem: {name: wave, amplitude: 3, medium: {name: air}}\n");
  EXPECT_EQ(wave.problem.name, "wave");
  EXPECT_EQ(wave.problem.kind->amplitude(), 3.0);
}

TEST(SettingsReader, TakesTheDefaultKindWhereNoneIsNamed) {
  const auto read = read_sample(with_start("surrogate: {second: {terms: 3}}\n"));
  EXPECT_EQ(read.second.name, "sine");
  EXPECT_EQ(dynamic_cast<const Sine&>(*read.second.kind).terms(), 3);
}

TEST(SettingsReader, ResolvesPathsAgainstTheFolderOfTheFile) {
  const std::string yaml = with_start("surrogate: {initial: ../models/a.bin}\n");
  EXPECT_EQ(read_sample(yaml, "/data/config/x.yaml").initial->written(), "/data/models/a.bin");
  EXPECT_EQ(read_sample(yaml, "config/x.yaml").initial->expanded(), std::filesystem::current_path() / "models/a.bin");
  EXPECT_EQ(read_sample(yaml, "here/x.yaml").initial->expanded(), std::filesystem::current_path() / "models/a.bin");
  EXPECT_EQ(read_sample(with_start("surrogate: {initial: /m/a.bin}\n"), "/data/x.yaml").initial->written(), "/m/a.bin");
}

TEST(SettingsReader, TakesBoundsThatAreIncluded) {
  for (const int terms : {1, 64}) {
    EXPECT_NO_THROW((void)read_sample("schema: 1\nproblem: {name: sine, terms: " + std::to_string(terms) + "}\n"));
  }
}

struct TwiceDescribed {
  bool a = false;
};
void describe(Visitor& v, TwiceDescribed& s) {
  v.field("a", s.a, any(), Affects::result, "");
  v.field("a", s.a, any(), Affects::result, "");
}

struct BadName {
  bool a = false;
};
void describe(Visitor& v, BadName& s) { v.field("a.b", s.a, any(), Affects::result, ""); }

struct ExclusiveWithDefault {
  bool a = false;
  bool b = false;
};
void describe(Visitor& v, ExclusiveWithDefault& s) {
  v.field("a", s.a, any(), Affects::result, "");
  v.field("b", s.b, any(), Affects::result, "");
  v.exclusive("a", "b");
}

TEST(SettingsReader, RefusesWrongDescriptions) {
  const Node root = Node{.type = NodeType::mapping, .mark = {"c.yaml", 1, 1, 0}};
  EXPECT_THROW((void)read_settings<TwiceDescribed>(root), UsageError);
  EXPECT_THROW((void)read_settings<BadName>(root), UsageError);
  EXPECT_THROW((void)read_settings<ExclusiveWithDefault>(root), UsageError);
}

TEST(SettingsReader, RefusesARootThatIsNoMapping) {
  EXPECT_THROW((void)read_settings<SampleSettings>(Node()), UsageError);
}

TEST(Registry, RefusesANameTwice) {
  Registry<SampleKind> registry;
  registry.add({"sine", "", [] { return std::make_unique<Sine>(); }});
  EXPECT_THROW(registry.add({"sine", "", [] { return std::make_unique<Sine>(); }}), UsageError);
  EXPECT_EQ(registry.entries().size(), 1U);
}

TEST(Registry, RefusesNamesThatYamlWouldNotTakeForText) {
  for (const char* name : {"", "true", "null", "a b", "a:b", "1st", "-x"}) {
    Registry<SampleKind> registry;
    EXPECT_THROW(registry.add({name, "", [] { return std::make_unique<Sine>(); }}), UsageError) << name;
  }
}

TEST(Registry, RefusesAnEntryThatMakesNothing) {
  Registry<SampleKind> registry;
  EXPECT_THROW(registry.add({"sine", "", nullptr}), UsageError);
}

TEST(Registry, FindsByName) {
  EXPECT_EQ(sample_registry().find("wave")->summary, "a wave in a medium");
  EXPECT_EQ(sample_registry().find("waves"), nullptr);
}

TEST(Choices, RefuseANameOrAValueTwice) {
  EXPECT_THROW((void)choices<Gate>({{Gate::difference, "a", ""}, {Gate::certified, "a", ""}}), UsageError);
  EXPECT_THROW((void)choices<Gate>({{Gate::difference, "a", ""}, {Gate::difference, "b", ""}}), UsageError);
  EXPECT_EQ(gate_choices().name_of(Gate::certified), "certified");
  EXPECT_EQ(gate_choices().find("certified"), Gate::certified);
  EXPECT_EQ(gate_choices().find("none"), std::nullopt);
}

TEST(Constraints, RefuseBoundsInTheWrongOrder) {
  EXPECT_THROW((void)between(2, 1), UsageError);
  EXPECT_THROW((void)between(2.0, 1.0), UsageError);
  EXPECT_THROW((void)list_of(text(), between(0, 3)), UsageError);
  EXPECT_THROW((void)one_or_list(greater_than(0.0), between(2, 3)), UsageError);
}

}  // namespace
}  // namespace ailoop::test
