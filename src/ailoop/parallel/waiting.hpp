// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <mpi.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ailoop {

/// How a rank passes the time until a message arrives.
enum class Waiting {
  spin,      ///< polls without pause: fastest where the rank has a core to itself; sleeps where nothing comes for long
  yield,     ///< gives its core to another process between polls: for ranks of a check that share cores
  back_off,  ///< soon sleeps between polls: for ranks with nothing to do for long
};

/// What to do between two polls for a message in shared memory, whose sender can wake a rank that sleeps.
class PollPauses {
 public:
  explicit PollPauses(Waiting waiting) noexcept : m_waiting(waiting) {}

  /// Whether waiting has taken so long that the caller should sleep until it is woken.
  [[nodiscard]] bool wants_sleep();

  /// What else to do: nothing, or let another process have the core.
  void pause();

 private:
  Waiting m_waiting;
  int m_polls = 0;
  std::optional<std::chrono::steady_clock::time_point> m_start;  // of the polls, seen when there were a few
};

/// Sleeps until `wake` is called for the same word by any process that shares it, at most half a second, and not at all
/// if the word has another value than `value`. May wake for no reason.
void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t value);

/// Wakes who sleeps on the word.
void wake(const std::atomic<std::uint32_t>& word);

/// Message of `count` items of `type`, received with the given way of waiting.
/// \throws DependencyError if MPI reports a failure
void receive(void* buffer, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, Waiting waiting);

}  // namespace ailoop
