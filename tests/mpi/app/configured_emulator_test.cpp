// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/app/resume.hpp>
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

/// Kepler's equation, with truths at queries, retrainings and audits.
class RecordedEmulator : public ::testing::Test {
 protected:
  RecordedEmulator() {
    std::string path = m_folder.path().string();
    broadcast(m_world, path, 0);
    m_path = path;
    m_config = m_path / "c.yaml";
    if (m_world.rank() == 0) {
      test::write_bytes(m_config,
                        "schema: 1\nproblem: {name: kepler, terms: 4}\n"
                        "loop: {tolerance: 1e-3, gate: certified, on_exhausted: truth, audit: 5}\n"
                        "limits: {retrainings_per_query: 2}\nsampling: {total: 64}\n"
                        "surrogate: {type: polynomial, degree: 4, basis: chebyshev, inputs: scaled}\n"
                        "training: {trainer: adam, engine: fused, epochs: 1}\n");
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }

  /// Answers to 40 queries of all ranks, different ones in each call.
  std::vector<double> answers(ConfiguredEmulator& emulator, int call) const {
    const IndexRange mine = block_of(40, m_world.size(), m_world.rank());
    std::vector<double> x;
    for (std::int64_t i = mine.first; i < mine.last; ++i) {
      x.push_back(3.0 * static_cast<double>(i) / 40 + 0.01 * call);
      x.push_back(0.4 * static_cast<double>(i * 7 % 40) / 40);
    }
    std::vector<double> y(static_cast<std::size_t>(mine.size()));
    std::vector<Verdict> verdicts(y.size());
    static_cast<void>(emulator.evaluate({x.data(), mine.size(), 2}, {y.data(), mine.size(), 1}, verdicts));
    return y;
  }

  [[nodiscard]] std::vector<std::string> recording_to(const std::string& folder) const {
    return {"output.directory=" + (m_path / folder).string(), "output.checks=all", "output.answers=csv"};
  }

  [[nodiscard]] std::string content(const std::string& file) const { return test::read_bytes(m_path / file); }

  const Communicator m_world{MPI_COMM_WORLD};
  test::TemporaryFolder m_folder;
  std::filesystem::path m_path, m_config;
};

TEST_F(RecordedEmulator, GoesOnWithTheBitsAndTheRecordsOfOneThatWasNotInterrupted) {
  {
    ConfiguredEmulator through(MPI_COMM_WORLD, m_config, builtin_registries(), recording_to("through"));
    for (int call = 0; call < 4; ++call) {
      answers(through, call);
    }
    through.finish();
  }
  std::vector<double> expected;
  {
    ConfiguredEmulator first(MPI_COMM_WORLD, m_config, builtin_registries(), recording_to("parts"));
    answers(first, 0);
    answers(first, 1);
    first.save(m_path / "restart");
    answers(first, 2);  // what is not saved is done again
    expected = answers(first, 3);
  }
  ConfiguredEmulator second(MPI_COMM_WORLD, m_config, builtin_registries(), recording_to("parts"));
  second.resume(m_path / "restart");
  answers(second, 2);
  EXPECT_EQ(answers(second, 3), expected);
  second.finish();
  if (m_world.rank() == 0) {
    EXPECT_EQ(content("parts/answers.csv"), content("through/answers.csv"));
    EXPECT_EQ(content("parts/model.safetensors"), content("through/model.safetensors"));
    EXPECT_THAT(content("parts/answers.csv"), ::testing::HasSubstr("\n159,")) << "numbered through all calls";
    EXPECT_THAT(content("parts/summary.json"), ::testing::HasSubstr("\"audited\""));
  }
}

/// The message of the error that all ranks get.
template <class Work>
std::string agreed_error(Work work) {
  try {
    work();
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return error.what();
  }
  return "none";
}

TEST_F(RecordedEmulator, IsRefusedWhereItCannotGoOn) {
  {
    ConfiguredEmulator saving(MPI_COMM_WORLD, m_config);
    answers(saving, 0);
    saving.save(m_path / "restart");
  }
  const auto resume = [&](const std::string& folder, const std::vector<std::string>& overrides) {
    return agreed_error([&] {
      ConfiguredEmulator emulator(MPI_COMM_WORLD, m_config, builtin_registries(), overrides);
      emulator.resume(m_path / folder);
    });
  };
  EXPECT_EQ(resume("restart", {}), "none");
  EXPECT_THAT(resume("nowhere", {}), ::testing::HasSubstr("nowhere holds no usable checkpoint"));
  EXPECT_THAT(resume("restart", {"loop.tolerance=2e-3"}), ::testing::HasSubstr("loop.tolerance was 0.001, is 0.002"));
  EXPECT_THAT(resume("restart", recording_to("records")), ::testing::HasSubstr("records was none, is written"));
  if (m_world.rank() == 0) {
    std::filesystem::create_directory(m_path / "run");
    CheckpointFolder(m_path / "run" / "checkpoint").write({{saved_by, "a run of the command"}}, {});
  }
  EXPECT_THAT(resume("run", {}), ::testing::HasSubstr("was saved by a run of the command; calls of evaluate cannot"));
}

TEST_F(RecordedEmulator, NamesASettingThatIsAnotherOneOnAnotherRank) {
  const bool is_other = m_world.rank() == m_world.size() - 1 && m_world.size() > 1;
  const std::string told = agreed_error([&] {
    const ConfiguredEmulator emulator(
        MPI_COMM_WORLD, m_config, builtin_registries(),
        is_other ? std::vector<std::string>{"loop.tolerance=5e-3", "seed=42"} : std::vector<std::string>{});
  });
  if (m_world.size() == 1) {
    EXPECT_EQ(told, "none");
  } else {
    EXPECT_THAT(told, ::testing::HasSubstr("loop.tolerance: 0.005 on rank " + std::to_string(m_world.size() - 1) +
                                           ", 0.001 on rank 0; all ranks must have the same configuration"));
  }
}

}  // namespace
}  // namespace ailoop
