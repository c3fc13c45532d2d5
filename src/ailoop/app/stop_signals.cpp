#include <ailoop/app/stop_signals.hpp>

#include <atomic>
#include <cstddef>

namespace ailoop {

namespace {

// A handler may touch nothing but these: the flag without a lock, the others set before it can be called.
std::atomic<bool> has_come{false};
std::atomic<int> interrupts{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

struct OldHandler {
  int signal = 0;
  struct sigaction action{};
};
std::array<OldHandler, 3> old_handlers{};

extern "C" void on_stop_signal(int signal, siginfo_t* information, void* context) {
  has_come.store(true, std::memory_order_relaxed);
  if (signal == SIGINT && interrupts.fetch_add(1, std::memory_order_relaxed) > 0) {
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
  interrupts = 0;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    old_handlers[i].signal = signals[i];
    static_cast<void>(sigaction(signals[i], nullptr, &old_handlers[i].action));
    struct sigaction action{};
    action.sa_sigaction = on_stop_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    static_cast<void>(sigaction(signals[i], &action, nullptr));
  }
}

StopSignals::~StopSignals() {
  for (const OldHandler& old : old_handlers) {
    static_cast<void>(sigaction(old.signal, &old.action, nullptr));
  }
}

bool StopSignals::have_come() noexcept { return has_come.load(std::memory_order_relaxed); }

}  // namespace ailoop
