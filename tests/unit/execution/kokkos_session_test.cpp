// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/kokkos_session.hpp>

#include <ailoop/core/error.hpp>

#include <Kokkos_Macros.hpp>
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace ailoop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What the program of kokkos_start_program.cpp writes to standard output. `before` sets its environment.
std::string output_of(const std::string& before, const std::string& arguments) {
  const std::string command =
      "env -u OMP_NUM_THREADS -u KOKKOS_NUM_THREADS " + before + " '" + KOKKOS_START_PROGRAM + "' " + arguments;
  // A shell redirects the streams of the program; the text is all from this file.
  // NOLINTNEXTLINE(bugprone-command-processor)
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  if (!pipe) throw std::runtime_error("popen failed");
  std::string output;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) != nullptr) output += buffer.data();
  return output;
}

#if defined(KOKKOS_ENABLE_OPENMP) || defined(KOKKOS_ENABLE_THREADS)
TEST(KokkosInitialize, TakesTheThreadsOfTheSettingsIfTheUserSaysNothing) {
  EXPECT_EQ(output_of("AILOOP_THREADS=2", ""), "2 threads\n");
#if !defined(__clang__)  // LLVM's OpenMP aborts when it reads an empty value
  EXPECT_EQ(output_of("AILOOP_THREADS=3 OMP_NUM_THREADS=", ""), "3 threads\n");
#endif
}

TEST(KokkosInitialize, PrefersTheEnvironmentToTheSettings) {
  EXPECT_EQ(output_of("AILOOP_THREADS=2 OMP_NUM_THREADS=1", ""), "1 threads\n");
  EXPECT_EQ(output_of("AILOOP_THREADS=2 KOKKOS_NUM_THREADS=3", ""), "3 threads\n");
}

TEST(KokkosInitialize, PrefersTheCommandLineToAllElse) {
  EXPECT_EQ(output_of("AILOOP_THREADS=2 OMP_NUM_THREADS=1", "--kokkos-threads=3"), "3 threads\n");
}

TEST(KokkosInitialize, PrefersItsOwnVariableToThatOfOpenMP) {
  EXPECT_EQ(output_of("OMP_NUM_THREADS=1 KOKKOS_NUM_THREADS=3", ""), "3 threads\n");
  EXPECT_EQ(output_of("OMP_NUM_THREADS=1 KOKKOS_NUM_THREADS=3", "--kokkos-threads=2"), "2 threads\n");
}

TEST(KokkosInitialize, StartsAsManyThreadsAsItAllows) {
  EXPECT_EQ(output_of("", "--kokkos-threads=512"), "512 threads\n");
  EXPECT_EQ(output_of("AILOOP_THREADS=100000", ""), "512 threads\n");
}

#if defined(KOKKOS_ENABLE_OPENMP) && !defined(__clang__)  // LLVM's OpenMP tells it in other ways
TEST(KokkosInitialize, StartsNoThreadThatItWillNotUse) {
  // OpenMP tells of each thread that joins a team of several, also of one that is there only to be counted
  const std::string telling = " OMP_DISPLAY_AFFINITY=true OMP_AFFINITY_FORMAT='team of %N'";
  EXPECT_EQ(output_of("AILOOP_THREADS=1" + telling, "2>&1"), "1 threads\n");
  EXPECT_EQ(output_of("AILOOP_THREADS=3" + telling, "2>&1"), "team of 3\nteam of 3\nteam of 3\n3 threads\n");
}
#endif

TEST(KokkosInitialize, UnderstandsBothSpellingsOfThreads) {
  EXPECT_EQ(output_of("", "--kokkos-threads=2"), "2 threads\n");
  EXPECT_EQ(output_of("", "--kokkos-num-threads=2"), "2 threads\n");
}
#endif

TEST(KokkosInitialize, LeavesArgumentsThatAreNotForKokkos) {
  EXPECT_THAT(output_of("", "run.yaml --kokkos-disable-warnings --set --threads=7 --kokkos-threads=1 --help"),
              HasSubstr(" threads run.yaml --set --threads=7 --help\n"));
}

TEST(KokkosInitialize, LeavesArgumentsThatKokkosDoesNotKnow) {
  EXPECT_THAT(output_of("", "a --kokkos-thread=1 b 2>&1"), HasSubstr(" threads a --kokkos-thread=1 b\n"));
}

TEST(KokkosInitialize, RefusesAThreadCountThatIsNone) {
  for (const std::string value : {"=0", "=-1", "=two", "=2x", "=", "", "=513", "=99999999999"}) {
    const std::string output = output_of("", "--kokkos-threads" + value);
    EXPECT_THAT(output,
                HasSubstr(std::to_string(static_cast<int>(ErrorKind::configuration)) + ": command line: "
                                                                                       "--kokkos-threads: found '"));
    EXPECT_THAT(output, HasSubstr("from 1 to 512")) << value;
  }
}

TEST(KokkosInitialize, RefusesVariablesThatAreNoThreadCount) {
  for (const std::string name : {"KOKKOS_NUM_THREADS", "OMP_NUM_THREADS"}) {
    for (const std::string value : {"0", "-1", "two", "2x", "' '", "513", "99999999999"}) {
      EXPECT_THAT(output_of(name + "=" + value, "--kokkos-threads=1 2> /dev/null"),
                  HasSubstr("environment: " + name + ": found '"))
          << value;
    }
  }
}

TEST(KokkosInitialize, KeepsWarningsOffStandardOutput) {
  EXPECT_THAT(output_of("-u OMP_PROC_BIND AILOOP_WARNINGS=1", "2> /dev/null"), Not(HasSubstr("WARNING")));
}

#if defined(KOKKOS_ENABLE_OPENMP)
TEST(KokkosInitialize, PrintsWarningsOnStandardErrorIfTheyAreWanted) {
  EXPECT_THAT(output_of("-u OMP_PROC_BIND AILOOP_WARNINGS=1", "2>&1 > /dev/null"), HasSubstr("OMP_PROC_BIND"));
  EXPECT_EQ(output_of("-u OMP_PROC_BIND", "2>&1 > /dev/null"), "");
}
#endif

TEST(KokkosInitialize, RefusesToStartTwice) {
  std::string program = "program";
  std::array<char*, 2> argv{program.data(), nullptr};
  int argc = 1;
  EXPECT_THROW(kokkos_initialize({}, argc, argv.data()), UsageError);
}

}  // namespace
}  // namespace ailoop
