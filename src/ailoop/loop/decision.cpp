#include <ailoop/loop/decision.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>

namespace ailoop {

namespace {

constexpr int decision_tag = 2;

/// Kind, end, first and last of the range.
using Message = std::array<std::int64_t, 4>;

}  // namespace

DecisionChannel::DecisionChannel(const Communicator& comm, const RoleLayout& roles, Waiting waiting)
    : m_comm(comm), m_waiting(waiting) {
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
    AILOOP_MPI(
        MPI_Send(message.data(), static_cast<int>(message.size()), MPI_INT64_T, rank, decision_tag, m_comm.get()));
  }
}

Decision DecisionChannel::receive() {
  Message message{};
  ailoop::receive(message.data(), static_cast<int>(message.size()), MPI_INT64_T, RoleLayout::model_rank, decision_tag,
                  m_comm.get(), m_waiting);
  return {static_cast<Decision::Kind>(message[0]), static_cast<End>(message[1]), {message[2], message[3]}};
}

}  // namespace ailoop
