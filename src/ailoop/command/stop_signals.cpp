// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/stop_signals.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace ailoop {

namespace {

// A handler may touch nothing but these: the flag without a lock, the others set before it can be called.
std::atomic<bool> has_come{false};
std::atomic<std::int64_t> first_interrupt_s{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

constexpr std::int64_t patience_s = 1;

/// Seconds of a clock that only goes forward; more than 0.
std::int64_t now_s() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1;
}

struct OldHandler {
  int signal = 0;
  struct sigaction action{};
};
std::array<OldHandler, 4> old_handlers = {{{SIGTERM}, {SIGINT}, {SIGUSR1}, {SIGHUP}}};

extern "C" void on_stop_signal(int signal, siginfo_t* information, void* context) {
  has_come.store(true, std::memory_order_relaxed);
  std::int64_t first_s = 0;
  if (signal == SIGINT && !first_interrupt_s.compare_exchange_strong(first_s, now_s()) &&
      now_s() - first_s > patience_s) {
    struct sigaction ending{};
    ending.sa_handler = SIG_DFL;
    static_cast<void>(sigaction(signal, &ending, nullptr));
    static_cast<void>(raise(signal));
    return;
  }
  for (const OldHandler& old : old_handlers) {
    if (old.signal != signal) {
      continue;
    }
    if ((old.action.sa_flags & SA_SIGINFO) != 0) {
      if (old.action.sa_sigaction != nullptr) {
        old.action.sa_sigaction(signal, information, context);
      }
    } else if (old.action.sa_handler != SIG_DFL && old.action.sa_handler != SIG_IGN) {
      old.action.sa_handler(signal);
    }
  }
}

}  // namespace

StopSignals::StopSignals() {
  has_come = false;
  first_interrupt_s = 0;
  for (OldHandler& old : old_handlers) {
    static_cast<void>(sigaction(old.signal, nullptr, &old.action));
    if ((old.action.sa_flags & SA_SIGINFO) == 0 && old.action.sa_handler == SIG_IGN) {
      continue;
    }
    struct sigaction action{};
    action.sa_sigaction = on_stop_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    static_cast<void>(sigaction(old.signal, &action, nullptr));
  }
}

StopSignals::~StopSignals() {
  for (const OldHandler& old : old_handlers) {
    static_cast<void>(sigaction(old.signal, &old.action, nullptr));
  }
}

bool StopSignals::have_come() noexcept { return has_come.load(std::memory_order_relaxed); }

}  // namespace ailoop
