// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/command_line.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

#include <vector>

namespace ailoop {
namespace {

using Action = CommandLine::Action;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "ailoop");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string refusal(const std::vector<const char*>& arguments) {
  try {
    static_cast<void>(parse(arguments));
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

TEST(CommandLine, RunsAConfiguration) {
  const CommandLine line = parse({"config/hotlum.yaml"});
  EXPECT_EQ(line.action, Action::run);
  EXPECT_EQ(line.config, "config/hotlum.yaml");
  EXPECT_EQ(line.files_there, FilesThere::refused);
  EXPECT_FALSE(line.quiet || line.verbose);
}

TEST(CommandLine, PutsSetAfterSeedAndOutputSoThatItWins) {
  const CommandLine line =
      parse({"--set", "seed=1", "a.yaml", "--seed", "7", "--set", "loop.tolerance=0.1", "--output", "it's here"});
  EXPECT_THAT(line.overrides, ElementsAre("seed=7", "output.directory='it''s here'", "seed=1", "loop.tolerance=0.1"));
}

TEST(CommandLine, SaysWhatBecomesOfFilesThatAreThere) {
  EXPECT_EQ(parse({"a.yaml", "--force"}).files_there, FilesThere::overwritten);
  EXPECT_EQ(parse({"a.yaml", "--resume"}).files_there, FilesThere::kept);
  EXPECT_THROW(parse({"a.yaml", "--resume", "--force"}), ConfigurationError);
}

TEST(CommandLine, LeavesArgumentsOfKokkosAlone) {
  EXPECT_EQ(parse({"--kokkos-num-threads=3", "a.yaml", "--kokkos-anything"}).config, "a.yaml");
}

TEST(CommandLine, InformationNeedsNoConfiguration) {
  EXPECT_EQ(parse({"--version"}).action, Action::version);
  EXPECT_EQ(parse({"--list"}).action, Action::list);
  EXPECT_EQ(parse({"--help"}).action, Action::help);
  EXPECT_EQ(parse({"--print-schema"}).action, Action::print_schema);
}

TEST(CommandLine, CanStopAfterReadingAConfiguration) {
  EXPECT_EQ(parse({"--print-config", "a.yaml"}).action, Action::print_config);
  const CommandLine line = parse({"a.yaml", "--validate", "--seed", "7"});
  EXPECT_EQ(line.action, Action::validate);
  EXPECT_THAT(line.overrides, ElementsAre("seed=7"));
}

TEST(CommandLine, HelpNamesEveryOptionAndExitCode) {
  const std::string help = parse({"--help"}).help;
  for (const char* word :
       {"CONFIG", "--set", "--output", "--force", "--seed", "--quiet", "--verbose", "--validate", "--print-config",
        "--print-schema", "--list", "--version", "--kokkos-", "0 converged", "3 gave up"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(refusal({}), HasSubstr("no configuration"));
  EXPECT_THAT(refusal({"--print-config"}), HasSubstr("no configuration"));
  EXPECT_THAT(refusal({"--validate"}), HasSubstr("no configuration"));
  EXPECT_THAT(refusal({"a.yaml", "--validate", "--print-config"}), HasSubstr("excludes"));
  EXPECT_THAT(refusal({"a.yaml", "--frobnicate"}), HasSubstr("--frobnicate"));
  EXPECT_THAT(refusal({"a.yaml", "b.yaml"}), HasSubstr("b.yaml"));
  EXPECT_THAT(refusal({"a.yaml", "--set"}), HasSubstr("--set"));
  EXPECT_THAT(refusal({"a.yaml", "-q", "-v"}), HasSubstr("excludes"));
}

}  // namespace
}  // namespace ailoop
