// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/run_settings.hpp>

#include <ailoop/app/model_parts.hpp>
#include <ailoop/command/exit_code.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "settings_of_text.hpp"
#include <gmock/gmock.h>

#include <set>

namespace ailoop {
namespace {

using test::read;
using test::refusal;
using test::registries;
using ::testing::HasSubstr;

constexpr const char* smallest = "schema: 1\nproblem: {name: sine}\ntraining: {trainer: adam}\n";

TEST(RunSettings, RequireSchemaAndProblem) {
  EXPECT_THAT(refusal("problem: {name: sine}\n"), HasSubstr("schema"));
  EXPECT_THAT(refusal("schema: 1\n"), HasSubstr("problem.name"));
  EXPECT_THAT(refusal("schema: 2\nproblem: {name: sine}\n"), HasSubstr("schema"));
}

TEST(RunSettings, SayWhereWhatAndWhatIsAllowed) {
  const std::string with_adam = "schema: 1\nproblem: {name: sine}\ntraining:\n  trainer: adam\n";
  EXPECT_EQ(refusal(with_adam + "  learning_rate: -0.01\n"),
            "sine.yaml:5:18: training.learning_rate: -0.01 is not greater than 0 and less than 1e+09");
  EXPECT_EQ(refusal(with_adam + "  learningrate: 0.01\n"),
            "sine.yaml:5:3: training.learningrate: unknown key; did you mean learning_rate?");
  EXPECT_THAT(refusal("schema: 1\nproblem: {name: sine, terms: 65}\n"), HasSubstr("between 1 and 64"));
  EXPECT_THAT(refusal("schema: 1\nproblem: {name: cosine}\n"), HasSubstr("sine"));
  EXPECT_THAT(refusal(smallest, {"training.learning_rate=-1"}), HasSubstr("greater than 0"));
}

TEST(RunSettings, WithoutTheDefaultTrainerOneMustBeNamed) {
  const Registries all = builtin_registries();
  Registries without;
  without.problems = all.problems;
  without.queries = all.queries;
  without.surrogates = all.surrogates;
  without.gates = all.gates;
  for (const RegistryEntry<TrainerKind>& entry : all.trainers.entries()) {
    if (entry.name != "least_squares") {
      without.trainers.add(entry);
    }
  }
  const std::string with_seed = "schema: 1\nproblem: {name: sine}\nseed: 3\n";
  try {
    static_cast<void>(read_run_settings({"c.yaml", with_seed, {}}, without));
    FAIL() << "some trainer was taken in silence";
  } catch (const ConfigurationError& error) {
    EXPECT_STREQ(
        error.what(),
        "c.yaml:1:1: training.trainer: missing; one of adam, sgd is required: the default, least_squares, needs "
        "Kokkos Kernels; build with it, or name the trainer");
  }
  EXPECT_EQ(read_run_settings({"c.yaml", with_seed, {"training.trainer=adam"}}, without).trainer.name, "adam");
}

TEST(RunSettings, SettingOneOfPerRankAndTotalRemovesTheOther) {
  const RunSettings settings = read(std::string(smallest) + "sampling: {per_rank: 32}\n", {"sampling.total=4096"});
  EXPECT_EQ(settings.sampling.samples(128), 4096);
  EXPECT_FALSE(settings.sampling.per_rank.has_value());
  EXPECT_EQ(read(smallest, {"sampling.per_rank=7"}).sampling.samples(3), 21);
  EXPECT_NE(refusal(std::string(smallest) + "sampling: {per_rank: 32, total: 64}\n"), "");
}

TEST(RunSettings, InitialModelIsRelativeToTheFile) {
  test::TemporaryFolder folder;
  const ConfigurationSource source{
      folder.path() / "sine.yaml", std::string(smallest) + "surrogate: {initial: models/a.safetensors}\n", {}};
  EXPECT_EQ(read_run_settings(source, registries()).initial_model->expanded(), folder.path() / "models/a.safetensors");
}

TEST(RunSettings, PrintedReadBackToTheSame) {
  const std::string once = print_settings(read(smallest, {"seed=18446744073709551615", "loop.tolerance=0.1"}));
  EXPECT_EQ(print_settings(read(once)), once);
  EXPECT_THAT(once, HasSubstr("seed: 18446744073709551615"));
}

std::string hash_of(const RunSettings& settings) {
  return config_sha256(settings_affecting(settings, Affects::result));
}

TEST(RunSettings, HashChangesWithResultsOnly) {
  const std::string hash = hash_of(read(smallest));
  EXPECT_EQ(hash, hash_of(read(smallest, {"ranks.approximation=2", "limits.checks=7", "output.directory=x"})));
  EXPECT_EQ(hash, hash_of(read(smallest, {"loop.accepted=7", "sampling.on_failure=skip"})));
  EXPECT_NE(hash, hash_of(read(smallest, {"seed=43"})));
  EXPECT_NE(hash, hash_of(read(smallest, {"training.learning_rate=0.02"})));
}

TEST(RunSettings, HashDependsOnTheContentOfAFileAndNotOnWhereItLies) {
  const test::TemporaryFolder folder;
  const auto hash = [&](const std::string& name, const std::string& content) {
    test::write_bytes(folder.path() / name, content);
    return hash_of(read(smallest, {"surrogate.initial=" + (folder.path() / name).string()}));
  };
  EXPECT_EQ(hash("a", "one"), hash("b", "one"));
  EXPECT_NE(hash("a", "one"), hash("a", "two"));
  EXPECT_NE(hash("a", "one"), hash_of(read(smallest)));
}

TEST(RunSettings, HashDependsOnTheOrderOfAList) {
  const test::TemporaryFolder folder;
  test::write_bytes(folder.path() / "q.csv", "M,e\n");
  const auto hash = [&](const std::string& columns) {
    const std::string path = "queries.path=" + (folder.path() / "q.csv").string();
    return hash_of(read(smallest, {"queries.source=file", path, "queries.columns=" + columns}));
  };
  EXPECT_EQ(hash("[M, e]"), hash("['M', \"e\"]"));
  EXPECT_NE(hash("[M, e]"), hash("[e, M]"));
  EXPECT_NE(hash("[M, e]"), hash("['M, e']"));
  EXPECT_NE(hash("[M, e]"), hash("null"));
}

TEST(RunSettings, SayWhichElementOfAListIsWrong) {
  const std::string start = "schema: 1\nproblem: {name: kepler}\nqueries: {source: file, path: /no.csv, columns: ";
  Facts facts;
  facts.dimension = 2;
  const auto message = [&](const std::string& columns) -> std::string {
    try {
      static_cast<void>(listed_queries(read(start + columns + "}\ntraining: {trainer: adam}\n"), facts));
    } catch (const ConfigurationError& error) {
      return error.what();
    }
    return "nothing was refused";
  };
  EXPECT_THAT(message("[M, M]"), HasSubstr(".yaml:3:53: queries.columns[1]: M is named twice; "));
  EXPECT_THAT(message("[M]"), HasSubstr(".yaml:3:49: queries.columns: 1 given; 2 needed, one for each dimension"));
  EXPECT_THAT(message("[M, e]"), HasSubstr(".yaml:3:31: queries.path: /no.csv: "));
}

TEST(RunSettings, EverySettingHasAMeaning) {
  std::set<std::string> paths;
  for (const SettingRow& row : settings_table(RunSettings{registries()})) {
    EXPECT_GT(row.meaning.size(), 5U) << row.path;
    EXPECT_TRUE(paths.insert(row.path + " " + row.when).second) << row.path;
  }
  EXPECT_TRUE(paths.contains("loop.tolerance "));
}

TEST(ExitCode, IsTheDocumentedNumber) {
  EXPECT_EQ(exit_code_of(End::converged), 0);
  EXPECT_EQ(exit_code_of(ErrorKind::internal), 1);
  EXPECT_EQ(exit_code_of(ErrorKind::dependency), 1);
  EXPECT_EQ(exit_code_of(ErrorKind::input_output), 1);
  EXPECT_EQ(exit_code_of(ErrorKind::configuration), 2);
  EXPECT_EQ(exit_code_of(End::gave_up), 3);
  EXPECT_EQ(exit_code_of(ErrorKind::numerical), 4);
}

}  // namespace
}  // namespace ailoop
