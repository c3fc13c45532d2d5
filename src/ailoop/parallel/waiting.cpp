// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/waiting.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <ctime>
#include <thread>

namespace ailoop {

namespace {

constexpr int polls_before_yield = 100;  // what comes at once is not worth a system call
constexpr int polls_before_sleep = 200;
constexpr std::chrono::microseconds shortest_sleep{20};
constexpr std::chrono::microseconds longest_sleep{1000};
/// Longer than the time between two messages of a run of checks, which being woken would slow down.
constexpr std::chrono::milliseconds yields_before_sleep{2};
/// A thousand times what waking takes.
constexpr std::chrono::milliseconds spins_before_sleep{50};
constexpr int spins_between_looks = 1024;  // at the clock, which takes as long as many polls

}  // namespace

bool PollPauses::wants_sleep() {
  const bool spins = m_waiting == Waiting::spin;
  if (m_polls < polls_before_sleep || (spins && m_polls % spins_between_looks != 0)) {
    return false;
  }
  if (m_waiting == Waiting::back_off) {
    return true;
  }
  const auto now = std::chrono::steady_clock::now();
  m_start = m_start.value_or(now);
  return now - *m_start > (spins ? spins_before_sleep : yields_before_sleep);
}

void PollPauses::pause() {
  ++m_polls;
  if (m_waiting != Waiting::spin && m_polls > polls_before_yield) {
    sched_yield();
  }
}

void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t value) {
  const timespec half_a_second{0, 500'000'000};
  // whatever ends it, the caller looks again
  syscall(SYS_futex, &word, FUTEX_WAIT, value, &half_a_second, nullptr, 0);
}

void wake(const std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void receive(void* buffer, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, Waiting waiting) {
  if (waiting == Waiting::spin) {
    AILOOP_MPI(MPI_Recv(buffer, count, type, source, tag, comm, MPI_STATUS_IGNORE));
    return;
  }
  MPI_Request request = MPI_REQUEST_NULL;
  AILOOP_MPI(MPI_Irecv(buffer, count, type, source, tag, comm, &request));
  int done = 0;
  std::chrono::microseconds sleep = shortest_sleep;
  for (int polls = 0;; polls = std::min(polls + 1, polls_before_sleep)) {
    AILOOP_MPI(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    if (done != 0) {
      return;
    }
    if (waiting == Waiting::yield || polls < polls_before_sleep) {
      sched_yield();
    } else {
      std::this_thread::sleep_for(sleep);
      sleep = std::min(2 * sleep, longest_sleep);
    }
  }
}

}  // namespace ailoop
