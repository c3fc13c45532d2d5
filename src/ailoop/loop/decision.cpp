#include <ailoop/loop/decision.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>

namespace ailoop {

namespace {

constexpr int decision_tag = 2;

constexpr std::size_t header_length = 3;

}  // namespace

DecisionChannel::DecisionChannel(const Communicator& comm, const RoleLayout& roles, std::int64_t batch, Waiting waiting)
    : m_comm(comm), m_waiting(waiting), m_message(header_length + static_cast<std::size_t>(batch)) {
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

void DecisionChannel::announce(const Decision& decision) {
  AILOOP_REQUIRE(m_comm.rank() == RoleLayout::model_rank, "DecisionChannel: only the model rank decides");
  const std::size_t length = header_length + decision.queries.size();
  AILOOP_REQUIRE(length <= m_message.size(), "DecisionChannel: more queries than a batch has");
  m_message[0] = static_cast<std::int64_t>(decision.kind);
  m_message[1] = static_cast<std::int64_t>(decision.end);
  m_message[2] = static_cast<std::int64_t>(decision.queries.size());
  std::ranges::copy(decision.queries, m_message.begin() + header_length);
  for (const int rank : decision.kind == Decision::Kind::check ? m_checking : m_all) {
    AILOOP_MPI(MPI_Send(m_message.data(), static_cast<int>(length), MPI_INT64_T, rank, decision_tag, m_comm.get()));
  }
}

Decision DecisionChannel::receive() {
  ailoop::receive(m_message.data(), static_cast<int>(m_message.size()), MPI_INT64_T, RoleLayout::model_rank,
                  decision_tag, m_comm.get(), m_waiting);
  return {static_cast<Decision::Kind>(m_message[0]), static_cast<End>(m_message[1]),
          std::span(m_message).subspan(header_length, static_cast<std::size_t>(m_message[2]))};
}

}  // namespace ailoop
