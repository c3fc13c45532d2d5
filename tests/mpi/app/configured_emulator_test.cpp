#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

namespace ailoop {
namespace {

TEST(ConfiguredEmulator, RefusesNoCommunicator) {
  EXPECT_THROW(ConfiguredEmulator(MPI_COMM_NULL, "none.yaml"), UsageError);
}

TEST(ConfiguredEmulator, TellsAllRanksThatAFileIsMissing) {
  EXPECT_THROW(ConfiguredEmulator(MPI_COMM_WORLD, "none.yaml"), AgreedError);
}

/// Of a configuration it takes the emulator alone: no file of queries is read.
TEST(ConfiguredEmulator, ReadsNoQueries) {
  const test::TemporaryFolder folder;
  const std::filesystem::path config = folder.path() / "c.yaml";
  test::write_bytes(config, "schema: 1\nproblem: {name: sine}\nqueries: {source: file, path: none.csv}\n");
  const ConfiguredEmulator emulator(MPI_COMM_SELF, config);
  EXPECT_EQ(emulator.problem().facts().dimension, 1);
}

TEST(ConfiguredEmulator, TellsWhichLimitsItDoesNotKeep) {
  const test::TemporaryFolder folder;
  const std::filesystem::path config = folder.path() / "c.yaml";
  test::write_bytes(config, "schema: 1\nproblem: {name: sine}\nlimits: {checks: 7, retrainings_per_query: 3}\n");
  ::testing::internal::CaptureStderr();
  const ConfiguredEmulator emulator(MPI_COMM_SELF, config);
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, ::testing::HasSubstr("c.yaml:3:18: limits.checks: has no effect in a simulation"));
  EXPECT_THAT(told, ::testing::Not(::testing::HasSubstr("retrainings_per_query")));
}

}  // namespace
}  // namespace ailoop
