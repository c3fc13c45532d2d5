// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/messenger.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <exception>
#include <memory>

namespace ailoop {

namespace {

constexpr int message_tag = 1;

std::size_t size_from_root() { return Mailbox::size(Messenger::longest_from_root); }
std::size_t size_of_both() { return size_from_root() + Mailbox::size(Messenger::longest_to_root); }
std::size_t segment_size() { return size_of_both() + Mailbox::alignment; }

/// The mailboxes in a rank's segment, which begins at the same place of a page in every process.
std::byte* mailboxes_in(void* segment) {
  std::size_t room = segment_size();
  return static_cast<std::byte*>(std::align(Mailbox::alignment, size_of_both(), segment, room));
}

/// MPI counts bytes in an int.
template <class Byte, class Work>
void in_pieces(std::span<Byte> message, Work&& work) {
  constexpr std::size_t longest_piece = std::size_t{1} << 30U;
  while (message.size() > longest_piece) {
    work(message.first(longest_piece));
    message = message.subspan(longest_piece);
  }
  work(message);
}

}  // namespace

Messenger::Messenger(const Communicator& comm, int root, Waiting waiting, bool may_share_memory)
    : m_comm(comm),
      m_root(root),
      m_waiting(waiting),
      m_exceptions(std::uncaught_exceptions()),
      m_mailboxes(as_size(comm.rank() == root ? comm.size() : 1)),
      m_shares_memory(as_size(comm.size())) {
  if (may_share_memory && comm.size() > 1) {
    share_memory();
    const int shares = m_window != MPI_WIN_NULL && m_mailboxes.front().from_root.holds(1) ? 1 : 0;
    AILOOP_MPI(MPI_Allgather(&shares, 1, MPI_INT, m_shares_memory.data(), 1, MPI_INT, m_comm.get()));
  }
}

Messenger::~Messenger() {
  // freeing waits for the other ranks, which may know nothing of a failure here
  if (m_window != MPI_WIN_NULL && std::uncaught_exceptions() == m_exceptions) {
    MPI_Win_free(&m_window);
  }
}

void Messenger::share_memory() {
  const Communicator node = m_comm.same_node();
  std::vector<int> ranks(as_size(node.size()));
  const int rank = m_comm.rank();
  AILOOP_MPI(MPI_Allgather(&rank, 1, MPI_INT, ranks.data(), 1, MPI_INT, node.get()));
  if (node.size() == 1 || std::ranges::find(ranks, m_root) == ranks.end()) {
    return;
  }
  const std::size_t size = rank == m_root ? 0 : segment_size();
  void* segment = nullptr;
  int has_window = MPI_Win_allocate_shared(static_cast<MPI_Aint>(size), 1, MPI_INFO_NULL, node.get(),
                                           static_cast<void*>(&segment), &m_window) == MPI_SUCCESS;
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &has_window, 1, MPI_INT, MPI_MIN, node.get()));
  if (has_window == 0) {
    return;
  }
  if (rank != m_root) {
    std::byte* const memory = mailboxes_in(segment);
    Mailbox::clear(memory, longest_from_root);
    Mailbox::clear(memory + size_from_root(), longest_to_root);
  }
  AILOOP_MPI(MPI_Barrier(node.get()));
  for (int i = 0; i < node.size(); ++i) {
    const int other = ranks[as_size(i)];
    if (other != m_root && (rank == m_root || rank == other)) {
      MPI_Aint bytes = 0;
      int unit = 0;
      AILOOP_MPI(MPI_Win_shared_query(m_window, i, &bytes, &unit, static_cast<void*>(&segment)));
      std::byte* const memory = mailboxes_in(segment);
      mailboxes(other) = {.from_root = {memory, longest_from_root},
                          .to_root = {memory + size_from_root(), longest_to_root}};
    }
  }
}

Messenger::Mailboxes& Messenger::mailboxes(int rank) {
  return m_mailboxes[m_comm.rank() == m_root ? as_size(rank) : 0];
}

Mailbox* Messenger::mailbox(int rank, std::size_t bytes, bool is_sent) {
  const bool is_root = m_comm.rank() == m_root;
  if (!is_root && rank != m_root) {
    return nullptr;
  }
  Mailboxes& both = mailboxes(rank);
  Mailbox& found = is_root == is_sent ? both.from_root : both.to_root;
  return found.holds(bytes) ? &found : nullptr;
}

void Messenger::send(int rank, std::span<const std::byte> message) {
  if (Mailbox* const found = mailbox(rank, message.size(), true)) {
    found->put(message);
    return;
  }
  in_pieces(message, [&](std::span<const std::byte> piece) {
    AILOOP_MPI(MPI_Send(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, rank, message_tag, m_comm.get()));
  });
}

void Messenger::receive(int rank, std::span<std::byte> message) {
  if (Mailbox* const found = mailbox(rank, message.size(), false)) {
    found->take(message, m_waiting);
    return;
  }
  in_pieces(message, [&](std::span<std::byte> piece) {
    ailoop::receive(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, rank, message_tag, m_comm.get(), m_waiting);
  });
}

}  // namespace ailoop
