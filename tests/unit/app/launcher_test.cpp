// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/launcher.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

#include <map>
#include <string>

namespace ailoop {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

using Variables = std::map<std::string, std::string>;

Environment environment(const Variables& variables) {
  return [variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

std::string check(const Variables& variables, int world_size) {
  return check_world(launcher(environment(variables)), world_size, environment(variables));
}

Variables step_of_four() {
  return {{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_NTASKS", "4"}, {"SLURM_PROCID", "3"}};
}

Variables with(Variables variables, const Variables& more) {
  variables.insert(more.begin(), more.end());
  return variables;
}

TEST(Launcher, IsAWorldOfOneWithoutAnyVariable) {
  EXPECT_EQ(launcher(environment({})).size, 1);
  EXPECT_EQ(launcher(environment({})).rank, 0);
  EXPECT_THAT(check({}, 1), IsEmpty());
}

TEST(Launcher, IsWhatTheVariablesOfEachSay) {
  for (const Variables& variables :
       {Variables{{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", "3"}},
        Variables{{"PMI_SIZE", "4"}, {"PMI_RANK", "3"}},
        Variables{{"PALS_RANKID", "3"}},  // which does not tell the size
        Variables{{"PMIX_RANK", "3"}, {"PMIX_NAMESPACE", "prterun-1@1"}}, step_of_four(),
        with(step_of_four(), {{"PMIX_RANK", "3"}, {"PMIX_NAMESPACE", "slurm.pmix.1.0"}})}) {
    const Launcher found = launcher(environment(variables));
    EXPECT_EQ(found.rank, 3) << found.told_by;
    EXPECT_EQ(found.size, 4) << found.told_by;
    EXPECT_THAT([&] { return check(variables, 1); },
                ThrowsMessage<ConfigurationError>(AllOf(HasSubstr(found.told_by), HasSubstr("srun --mpi=pmix"),
                                                        HasSubstr("AILOOP_ALLOW_SINGLETON=1"))));
    EXPECT_THAT(check(variables, 4), IsEmpty());
  }
}

TEST(Launcher, IsTheNearest) {
  // mpiexec and PRRTE in a step of Slurm's: their size counts, which PRRTE does not tell
  EXPECT_EQ(launcher(environment(with(step_of_four(), {{"OMPI_COMM_WORLD_SIZE", "1"}}))).size, 1);
  EXPECT_EQ(launcher(environment(with(step_of_four(), {{"PMI_SIZE", "2"}}))).size, 2);
  EXPECT_EQ(launcher(environment(with(step_of_four(), {{"PMIX_RANK", "0"}, {"PMIX_NAMESPACE", "prterun"}}))).size, 1);
}

TEST(Launcher, IsNotTheBatchScriptOrAnInteractiveStep) {
  for (const char* step : {"4294967291", "4294967290", "batch", ""}) {
    EXPECT_EQ(launcher(environment({{"SLURM_STEP_ID", step}, {"SLURM_STEP_NUM_TASKS", "4"}})).size, 1) << step;
  }
}

TEST(Launcher, OfAJobWithMoreTasksIsAReasonForAWarningOnly) {
  EXPECT_THAT(check({{"SLURM_NTASKS", "4"}, {"OMPI_COMM_WORLD_SIZE", "1"}}, 1), HasSubstr("SLURM_NTASKS=4"));
  EXPECT_THAT(check({{"SLURM_NTASKS", "4"}}, 4), IsEmpty());
}

TEST(Launcher, MayStartRunsSideBySideWhereThatIsSaid) {
  EXPECT_THAT(check(with(step_of_four(), {{"AILOOP_ALLOW_SINGLETON", "1"}}), 1), IsEmpty());
  EXPECT_THROW(static_cast<void>(check(with(step_of_four(), {{"AILOOP_ALLOW_SINGLETON", "0"}}), 1)),
               ConfigurationError);
}

}  // namespace
}  // namespace ailoop
