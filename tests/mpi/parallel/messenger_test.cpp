// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/messenger.hpp>

#include <gmock/gmock.h>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {
namespace {

/// Each combination that can change how a message travels.
struct Way {
  int root;
  bool may_share_memory;
  Waiting waiting;
};

std::vector<Way> ways(int size) {
  std::vector<Way> all;
  for (const int root : {0, size - 1}) {
    for (const bool may_share_memory : {false, true}) {
      for (const Waiting waiting : {Waiting::spin, Waiting::yield, Waiting::back_off}) {
        all.push_back({root, may_share_memory, waiting});
      }
    }
  }
  return all;
}

/// Numbers that tell who sent them, to whom and when; of lengths on both sides of what goes through shared memory.
std::vector<std::int64_t> message(int from, int to, int i) {
  constexpr std::size_t lengths[] = {0, 1, 7, 8, 511, 512, 100'000};
  return std::vector<std::int64_t>(lengths[i % 7], 1'000'000 * from + 1000 * to + i);
}

void send(Messenger& messenger, int to, const std::vector<std::int64_t>& numbers) {
  messenger.send(to, std::as_bytes(std::span(numbers)));
}

std::vector<std::int64_t> received(Messenger& messenger, int from, std::size_t length) {
  std::vector<std::int64_t> numbers(length);
  messenger.receive(from, std::as_writable_bytes(std::span(numbers)));
  return numbers;
}

TEST(Messenger, BringsMessagesOfAnyLengthInOrderBothWays) {
  const Communicator comm(MPI_COMM_WORLD);
  constexpr int n = 40;
  for (const Way& way : ways(comm.size())) {
    Messenger messenger(comm, way.root, way.waiting, way.may_share_memory);
    for (int i = 0; i < n; ++i) {
      if (comm.rank() != way.root) {
        const auto question = message(way.root, comm.rank(), i);
        EXPECT_EQ(received(messenger, way.root, question.size()), question);
        send(messenger, way.root, message(comm.rank(), way.root, i + 1));
        continue;
      }
      for (int rank = 0; rank < comm.size(); ++rank) {
        if (rank != way.root) {
          send(messenger, rank, message(way.root, rank, i));
        }
      }
      for (int rank = 0; rank < comm.size(); ++rank) {
        if (rank != way.root) {
          const auto answer = message(rank, way.root, i + 1);
          EXPECT_EQ(received(messenger, rank, answer.size()), answer);
        }
      }
    }
  }
}

}  // namespace
}  // namespace ailoop
