#include <ailoop/loop/decision.hpp>

#include <ailoop/core/error.hpp>

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
  std::vector<int> others;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const bool approximates = std::ranges::find(roles.approximation_ranks, rank) != roles.approximation_ranks.end();
    if (rank != RoleLayout::model_rank) {
      (approximates ? m_approximating : others).push_back(rank);
    }
  }
  m_all = m_approximating;
  m_all.insert(m_all.end(), others.begin(), others.end());
}

void DecisionChannel::announce(const Decision& decision) {
  AILOOP_REQUIRE(m_comm.rank() == RoleLayout::model_rank, "DecisionChannel: only the model rank decides");
  const Message message = {static_cast<std::int64_t>(decision.kind), static_cast<std::int64_t>(decision.end),
                           decision.range.first, decision.range.last};
  for (const int rank : decision.kind == Decision::Kind::approximate ? m_approximating : m_all) {
    m_messenger.send(rank, std::as_bytes(std::span(message)));
  }
}

Decision DecisionChannel::receive() {
  Message message{};
  m_messenger.receive(RoleLayout::model_rank, std::as_writable_bytes(std::span(message)));
  return {static_cast<Decision::Kind>(message[0]), static_cast<End>(message[1]), {message[2], message[3]}};
}

}  // namespace ailoop
