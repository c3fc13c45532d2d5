// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/mailbox.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace ailoop {
namespace {

using Bytes = std::vector<std::byte>;

/// Memory for messages of at most `capacity` bytes, with a queue in it.
class Queue {
 public:
  explicit Queue(std::size_t capacity)
      : m_capacity(capacity),
        m_memory(static_cast<std::byte*>(::operator new(Mailbox::size(capacity), alignment)), Delete()) {
    std::fill_n(m_memory.get(), Mailbox::size(capacity), std::byte{0xFF});  // as left by somebody else
    Mailbox::clear(m_memory.get(), capacity);
  }

  /// One of its two ends.
  [[nodiscard]] Mailbox end() const { return {m_memory.get(), m_capacity}; }

 private:
  static constexpr std::align_val_t alignment{Mailbox::alignment};
  struct Delete {
    void operator()(std::byte* memory) const { ::operator delete(memory, alignment); }
  };

  std::size_t m_capacity;
  std::unique_ptr<std::byte, Delete> m_memory;
};

/// As many bytes as a message of this number has; each tells the number and its place.
Bytes message(std::size_t number, std::size_t capacity) {
  Bytes bytes(number * 7 % (capacity + 1));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(number + 3 * i);
  }
  return bytes;
}

class MailboxOfAnyWaiting : public ::testing::TestWithParam<Waiting> {};

INSTANTIATE_TEST_SUITE_P(Waiting, MailboxOfAnyWaiting,
                         ::testing::Values(Waiting::spin, Waiting::yield, Waiting::back_off));

TEST_P(MailboxOfAnyWaiting, BringsMessagesOfAnyLengthInOrder) {
  for (const std::size_t capacity : {56U, 57U, 4000U}) {
    const Queue queue(capacity);
    constexpr std::size_t n = 5000;
    std::thread sender([&] {
      Mailbox mailbox = queue.end();
      for (std::size_t i = 0; i < n; ++i) {
        mailbox.put(message(i, capacity));
      }
    });
    Mailbox mailbox = queue.end();
    std::size_t right = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const Bytes expected = message(i, capacity);
      Bytes found(expected.size());
      mailbox.take(found, GetParam());
      right += found == expected ? 1U : 0U;
    }
    sender.join();
    EXPECT_EQ(right, n);
  }
}

/// The receiver falls asleep, if it may, between any two messages; one that nobody wakes would sleep half a second
/// each.
TEST_P(MailboxOfAnyWaiting, WakesAReceiverThatSleeps) {
  const Queue there(56);
  const Queue back(56);
  constexpr int n = 100;
  std::thread sender([&] {
    Mailbox to = there.end();
    Mailbox from = back.end();
    Bytes answer(1);
    for (int i = 0; i < n; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(4));
      to.put(Bytes{static_cast<std::byte>(i)});
      from.take(answer, Waiting::yield);
    }
  });
  const auto start = std::chrono::steady_clock::now();
  Mailbox from = there.end();
  Mailbox to = back.end();
  for (int i = 0; i < n; ++i) {
    Bytes found(1);
    from.take(found, GetParam());
    EXPECT_EQ(found[0], static_cast<std::byte>(i));
    to.put(found);
  }
  sender.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(25)) << "half a second for each message";
}

TEST(Mailbox, LetsASenderWaitUntilThereIsRoom) {
  const Queue queue(56);
  std::atomic<int> n_put = 0;
  std::thread sender([&] {
    Mailbox mailbox = queue.end();
    for (int i = 0; i < 100; ++i) {
      mailbox.put(Bytes{static_cast<std::byte>(i)});
      ++n_put;
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(n_put, 100);
  Mailbox mailbox = queue.end();
  for (int i = 0; i < 100; ++i) {
    Bytes found(1);
    mailbox.take(found, Waiting::yield);
    EXPECT_EQ(found[0], static_cast<std::byte>(i));
  }
  sender.join();
  EXPECT_EQ(n_put, 100);
}

TEST(Mailbox, RefusesMessagesThatAreLongerThanItsCapacity) {
  for (const std::size_t capacity : {0U, 56U, 57U}) {
    const Queue queue(capacity);
    Mailbox mailbox = queue.end();
    Bytes bytes(capacity + 1);
    EXPECT_TRUE(mailbox.holds(capacity));
    EXPECT_FALSE(mailbox.holds(capacity + 1));
    EXPECT_THROW(mailbox.put(bytes), UsageError);
    EXPECT_THROW(mailbox.take(bytes, Waiting::yield), UsageError);
  }
  EXPECT_FALSE(Mailbox().holds(0)) << "there is no memory at all";
}

}  // namespace
}  // namespace ailoop
