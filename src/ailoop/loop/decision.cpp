// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/decision.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace ailoop {

namespace {

/// Kind, end, first and last of the range.
using Message = std::array<std::int64_t, 4>;

}  // namespace

DecisionChannel::DecisionChannel(const Communicator& comm, const RoleLayout& roles, Messenger& messenger)
    : m_comm(comm), m_messenger(messenger) {
  std::vector<int> told;  // in the order of the tree: by the model rank, then by those before them
  std::vector<int> others;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const bool approximates = std::ranges::find(roles.approximation_ranks, rank) != roles.approximation_ranks.end();
    if (rank == RoleLayout::model_rank) {
      continue;
    }
    if (approximates) {
      m_approximating.push_back(rank);
    }
    const bool is_told = approximates || messenger.shares_memory()[as_size(rank)] != 0;
    (is_told ? told : others).push_back(rank);
  }
  if (comm.rank() == RoleLayout::model_rank) {
    m_children = told;
  }
  const std::size_t by_model_rank = told.size();
  told.insert(told.end(), others.begin(), others.end());
  for (std::size_t i = by_model_rank; i < told.size(); ++i) {
    const int parent = told[(i - by_model_rank) / relayed];
    if (parent == comm.rank()) {
      m_children.push_back(told[i]);
    }
    if (told[i] == comm.rank()) {
      m_parent = parent;
    }
  }
}

void DecisionChannel::announce(const Decision& decision) {
  AILOOP_REQUIRE(m_comm.rank() == RoleLayout::model_rank, "DecisionChannel: only the model rank decides");
  const Message message = {static_cast<std::int64_t>(decision.kind), static_cast<std::int64_t>(decision.end),
                           decision.range.first, decision.range.last};
  for (const int rank : decision.kind == Decision::Kind::approximate ? m_approximating : m_children) {
    m_messenger.send(rank, std::as_bytes(std::span(message)));
  }
}

Decision DecisionChannel::receive() {
  Message message{};
  m_messenger.receive(m_parent, std::as_writable_bytes(std::span(message)));
  const auto kind = static_cast<Decision::Kind>(message[0]);
  if (kind != Decision::Kind::approximate) {
    for (const int rank : m_children) {
      m_messenger.send(rank, std::as_bytes(std::span(message)));
    }
  }
  return {kind, static_cast<End>(message[1]), {message[2], message[3]}};
}

}  // namespace ailoop
