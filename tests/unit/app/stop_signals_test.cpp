// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/stop_signals.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace ailoop {
namespace {

int calls_of_the_old_handler = 0;

extern "C" void count_call(int /*signal*/) { ++calls_of_the_old_handler; }

TEST(StopSignals, AreNoticedAndDoNotEndTheProcess) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) {
    const StopSignals signals;
    EXPECT_FALSE(StopSignals::have_come());
    std::raise(signal);
    EXPECT_TRUE(StopSignals::have_come());
  }
}

TEST(StopSignals, StillReachWhoHandledThemBefore) {
  const auto before = std::signal(SIGUSR1, count_call);
  calls_of_the_old_handler = 0;
  {
    const StopSignals signals;
    std::raise(SIGUSR1);
    std::raise(SIGUSR1);
    EXPECT_TRUE(StopSignals::have_come());
  }
  EXPECT_EQ(calls_of_the_old_handler, 2);
  std::raise(SIGUSR1);
  EXPECT_EQ(calls_of_the_old_handler, 3) << "the old handler is in place again";
  std::signal(SIGUSR1, before);
}

TEST(StopSignals, LeaveAloneWhatIsIgnored) {
  const auto before = std::signal(SIGUSR1, SIG_IGN);
  {
    const StopSignals signals;
    std::raise(SIGUSR1);
    EXPECT_FALSE(StopSignals::have_come());
  }
  EXPECT_EQ(std::signal(SIGUSR1, before), SIG_IGN);
}

TEST(StopSignalsDeathTest, ASecondInterruptEndsTheProcess) {
  EXPECT_EXIT(
      {
        const StopSignals signals;
        std::raise(SIGTERM);
        std::raise(SIGINT);
        std::raise(SIGINT);  // of the same key
        std::this_thread::sleep_for(std::chrono::milliseconds(2100));
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace ailoop
