#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <string>
#include <thread>

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
  test::write_bytes(
      config, "schema: 1\nproblem: {name: sine}\ntraining: {trainer: adam}\nqueries: {source: file, path: none.csv}\n");
  const ConfiguredEmulator emulator(MPI_COMM_SELF, config);
  EXPECT_EQ(emulator.problem().facts().dimension, 1);
}

TEST(ConfiguredEmulator, TellsWhichLimitsItDoesNotKeep) {
  const test::TemporaryFolder folder;
  const std::filesystem::path config = folder.path() / "c.yaml";
  test::write_bytes(
      config,
      "schema: 1\nproblem: {name: sine}\ntraining: {trainer: adam}\nlimits: {checks: 7, retrainings_per_query: 3}\n");
  ::testing::internal::CaptureStderr();
  const ConfiguredEmulator emulator(MPI_COMM_SELF, config);
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, ::testing::HasSubstr("c.yaml:4:18: limits.checks: has no effect in a simulation"));
  EXPECT_THAT(told, ::testing::Not(::testing::HasSubstr("retrainings_per_query")));
}

/// What is thrown in another thread than this one, which initialized MPI for itself alone (MPI_THREAD_FUNNELED).
template <class Work>
std::string refusal_in_another_thread(Work work) {
  std::string message = "none";
  std::thread([&] {
    try {
      work();
    } catch (const UsageError& error) {
      message = error.what();
    }
  }).join();
  return message;
}

TEST(ConfiguredEmulator, RefusesAThreadThatMpiDoesNotAllow) {
  int level = MPI_THREAD_SINGLE;
  MPI_Query_thread(&level);
  if (level >= MPI_THREAD_SERIALIZED) {
    FAIL() << "tests start MPI with MPI_THREAD_FUNNELED, and this library gives more";
  }
  const test::TemporaryFolder folder;
  const std::filesystem::path config = folder.path() / "c.yaml";
  test::write_bytes(config, "schema: 1\nproblem: {name: sine}\ntraining: {trainer: adam}\n");
  EXPECT_THAT(refusal_in_another_thread([&] { const ConfiguredEmulator emulator(MPI_COMM_WORLD, config); }),
              ::testing::HasSubstr("ConfiguredEmulator: called by another thread"));
  ConfiguredEmulator emulator(MPI_COMM_WORLD, config);
  EXPECT_THAT(refusal_in_another_thread([&] { emulator.evaluate({}, {}, {}); }),
              ::testing::HasSubstr("Emulator::evaluate: called by another thread"));
  EXPECT_THAT(refusal_in_another_thread([&] { emulator.save_model(folder.path() / "m.safetensors"); }),
              ::testing::HasSubstr("save_model: called by another thread"));
}

}  // namespace
}  // namespace ailoop
