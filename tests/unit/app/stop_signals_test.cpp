#include <ailoop/app/stop_signals.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace ailoop {
namespace {

int calls_of_the_old_handler = 0;

extern "C" void count_call(int /*signal*/) { ++calls_of_the_old_handler; }

TEST(StopSignals, AreNoticedAndDoNotEndTheProcess) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
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

TEST(StopSignalsDeathTest, ASecondInterruptEndsTheProcess) {
  EXPECT_EXIT(
      {
        const StopSignals signals;
        std::raise(SIGTERM);
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace ailoop
