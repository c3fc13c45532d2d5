#include <ailoop/loop/decision.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>

namespace ailoop {

namespace {

constexpr int decision_tag = 2;

using Message = std::array<std::int64_t, 3>;

}  // namespace

DecisionChannel::DecisionChannel(const Communicator& comm, const RoleLayout& roles, Waiting waiting)
    : m_comm(comm), m_waiting(waiting) {
  std::vector<int> others;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const bool checks = std::ranges::find(roles.approximation_ranks, rank) != roles.approximation_ranks.end();
    if (rank != RoleLayout::model_rank) {
      (checks ? m_checking : others).push_back(rank);
    }
  }
  m_all.insert(m_all.end(), m_checking.begin(), m_checking.end());
  m_all.insert(m_all.end(), others.begin(), others.end());
}

void DecisionChannel::announce(const Decision& decision) const {
  AILOOP_REQUIRE(m_comm.rank() == RoleLayout::model_rank, "DecisionChannel: only the model rank decides");
  const Message message = {static_cast<std::int64_t>(decision.kind), decision.query,
                           static_cast<std::int64_t>(decision.end)};
  for (const int rank : decision.kind == Decision::Kind::check ? m_checking : m_all) {
    AILOOP_MPI(
        MPI_Send(message.data(), static_cast<int>(message.size()), MPI_INT64_T, rank, decision_tag, m_comm.get()));
  }
}

Decision DecisionChannel::receive() const {
  Message message{};
  ailoop::receive(message.data(), static_cast<int>(message.size()), MPI_INT64_T, RoleLayout::model_rank, decision_tag,
                  m_comm.get(), m_waiting);
  return {static_cast<Decision::Kind>(message[0]), message[1], static_cast<End>(message[2])};
}

}  // namespace ailoop
