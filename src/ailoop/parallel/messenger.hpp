// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/mailbox.hpp>
#include <ailoop/parallel/waiting.hpp>

#include <mpi.h>

#include <cstddef>
#include <span>
#include <vector>

namespace ailoop {

/// Messages between two ranks, in order: between one rank, the root, and another one on its node through an MPI
/// shared-memory window where the message is short, by MPI otherwise. Who waits long on the root's node sleeps until it
/// is woken.
class Messenger {
 public:
  /// Longest messages from and to the root that go through shared memory [bytes].
  static constexpr std::size_t longest_from_root = 56;
  static constexpr std::size_t longest_to_root = 4'088;

  /// Collective.
  /// \param[in] comm    must outlive the messenger
  /// \param[in] waiting of this rank
  /// \param[in] may_share_memory the same on all ranks; where no window can be had, MPI carries all messages
  Messenger(const Communicator& comm, int root, Waiting waiting, bool may_share_memory);
  ~Messenger();
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  /// For each rank, whether short messages between it and the root go through shared memory; the same on all ranks.
  [[nodiscard]] const std::vector<int>& shares_memory() const noexcept { return m_shares_memory; }

  /// \throws DependencyError if MPI reports a failure
  void send(int rank, std::span<const std::byte> message);

  /// Waits for the next message.
  /// \param[out] message as long as it was sent
  /// \throws DependencyError if MPI reports a failure
  void receive(int rank, std::span<std::byte> message);

 private:
  /// Both directions between the root and one rank; none where they share no memory.
  struct Mailboxes {
    Mailbox from_root;
    Mailbox to_root;
  };

  void share_memory();
  [[nodiscard]] Mailboxes& mailboxes(int rank);
  /// That a message of this length takes to or from `rank`; none: MPI carries it.
  [[nodiscard]] Mailbox* mailbox(int rank, std::size_t bytes, bool is_sent);

  const Communicator& m_comm;
  int m_root;
  Waiting m_waiting;
  int m_exceptions;  // under way at construction
  MPI_Win m_window = MPI_WIN_NULL;
  std::vector<Mailboxes> m_mailboxes;  // root: one for each rank; others: one
  std::vector<int> m_shares_memory;
};

}  // namespace ailoop
