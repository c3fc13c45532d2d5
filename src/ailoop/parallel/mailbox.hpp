// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/parallel/waiting.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ailoop {

/// One end of a queue of messages in memory that two processes, or two threads, share: one puts, the other takes, in
/// order. A few messages may be under way; `put` waits where they have not been taken yet. Nothing is ever locked.
class Mailbox {
 public:
  Mailbox() = default;

  /// Bytes of shared memory for messages of at most `capacity` bytes.
  [[nodiscard]] static std::size_t size(std::size_t capacity);

  /// Makes an empty queue; before any of the two uses it.
  /// \param[out] memory of size(capacity) bytes at a multiple of `alignment`
  static void clear(std::byte* memory, std::size_t capacity);

  /// One end of the queue in this memory, which `clear` has made and which must outlive it.
  Mailbox(std::byte* memory, std::size_t capacity);

  /// Whether there is a queue at all, for messages of that many bytes.
  [[nodiscard]] bool holds(std::size_t bytes) const noexcept { return m_memory != nullptr && bytes <= m_capacity; }

  /// \param[in] message at most `capacity` bytes
  void put(std::span<const std::byte> message);

  /// Waits for the next message.
  /// \param[out] message as many bytes as were put
  void take(std::span<std::byte> message, Waiting waiting);

  static constexpr std::size_t alignment = 64;  ///< of a cache line: what one process writes does not slow the other

 private:
  static constexpr std::uint32_t n_slots = 8;

  /// What stands before a message. Its number and a message of up to 56 bytes travel in one cache line.
  struct alignas(8) Slot {
    std::atomic<std::uint32_t> number;              ///< of the message in it, from 1
    std::atomic<std::uint32_t> receiver_is_asleep;  ///< and must be woken
  };

  [[nodiscard]] std::byte* slot(std::uint32_t number) const;
  [[nodiscard]] static Slot& header(std::byte* slot) { return *reinterpret_cast<Slot*>(slot); }
  [[nodiscard]] std::atomic<std::uint32_t>& taken() const {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(m_memory);
  }

  std::byte* m_memory = nullptr;  // how many messages were taken, then the slots
  std::size_t m_capacity = 0;
  std::uint32_t m_count = 0;       // messages that went through this end
  std::uint32_t m_seen_taken = 0;  // by the end that puts: reading it anew costs a cache line
};

}  // namespace ailoop
