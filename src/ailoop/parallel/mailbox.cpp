// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/mailbox.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <new>

namespace ailoop {

namespace {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "a lock would belong to one process");

std::size_t slot_size(std::size_t capacity) {
  return (8 + capacity + Mailbox::alignment - 1) / Mailbox::alignment * Mailbox::alignment;
}

}  // namespace

std::size_t Mailbox::size(std::size_t capacity) { return alignment + n_slots * slot_size(capacity); }

void Mailbox::clear(std::byte* memory, std::size_t capacity) {
  new (memory) std::atomic<std::uint32_t>(0);
  for (std::uint32_t i = 0; i < n_slots; ++i) {
    new (memory + alignment + i * slot_size(capacity)) Slot{.number = 0, .receiver_is_asleep = 0};
  }
}

Mailbox::Mailbox(std::byte* memory, std::size_t capacity) : m_memory(memory), m_capacity(capacity) {}

std::byte* Mailbox::slot(std::uint32_t number) const {
  return m_memory + alignment + number % n_slots * slot_size(m_capacity);
}

void Mailbox::put(std::span<const std::byte> message) {
  AILOOP_REQUIRE(holds(message.size()), "Mailbox: the message is too long");
  const std::uint32_t number = m_count + 1;
  for (PollPauses pauses(Waiting::yield); m_count - m_seen_taken == n_slots; pauses.pause()) {
    m_seen_taken = taken().load(std::memory_order_acquire);
  }
  std::byte* const memory = slot(number);
  std::ranges::copy(message, memory + sizeof(Slot));
  Slot& slot = header(memory);
  // in one order with the receiver's going to sleep: one of the two sees what the other did
  slot.number.store(number, std::memory_order_seq_cst);
  if (slot.receiver_is_asleep.load(std::memory_order_seq_cst) != 0) {
    wake(slot.number);
  }
  m_count = number;
}

void Mailbox::take(std::span<std::byte> message, Waiting waiting) {
  AILOOP_REQUIRE(holds(message.size()), "Mailbox: the message is too long");
  const std::uint32_t number = m_count + 1;
  std::byte* const memory = slot(number);
  Slot& slot = header(memory);
  PollPauses pauses(waiting);
  for (std::uint32_t found = slot.number.load(std::memory_order_acquire); found != number;
       found = slot.number.load(std::memory_order_seq_cst)) {
    if (!pauses.wants_sleep()) {
      pauses.pause();
      continue;
    }
    slot.receiver_is_asleep.store(1, std::memory_order_seq_cst);
    sleep_while(slot.number, found);
    slot.receiver_is_asleep.store(0, std::memory_order_relaxed);
  }
  std::ranges::copy_n(memory + sizeof(Slot), static_cast<std::ptrdiff_t>(message.size()), message.begin());
  m_count = number;
  taken().store(number, std::memory_order_release);
}

}  // namespace ailoop
