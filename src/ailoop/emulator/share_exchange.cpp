#include <ailoop/emulator/share_exchange.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>

namespace ailoop {

namespace {

constexpr int share_tag = 1;
constexpr double usable = 0.0;
constexpr double not_usable = 1.0;

}  // namespace

ShareExchange::ShareExchange(const Communicator& comm, RoleLayout roles, std::int64_t n_shares, std::int64_t values,
                             Waiting waiting)
    : m_comm(comm), m_most_values(values), m_values(values), m_waiting(waiting) {
  for (std::size_t i = 0; i < roles.approximation_ranks.size(); ++i) {
    const int rank = roles.approximation_ranks[i];
    if (comm.rank() == RoleLayout::model_rank || comm.rank() == rank) {
      const IndexRange shares = roles.shares[i];
      m_messages.push_back(
          {rank, shares, std::vector<double>(static_cast<std::size_t>(1 + shares.size() * values), usable)});
    }
  }
  AILOOP_REQUIRE(roles.shares.back().last == n_shares, "ShareExchange: the roles do not cover all shares");
}

void ShareExchange::use(std::int64_t values) {
  AILOOP_REQUIRE(values >= 1 && values <= m_most_values, "ShareExchange: no room for that many values");
  m_values = values;
}

int ShareExchange::length(const Message& message) const {
  return static_cast<int>(1 + message.shares.size() * m_values);
}

std::span<double> ShareExchange::own_share(std::int64_t share) {
  const auto mine = std::ranges::find(m_messages, m_comm.rank(), &Message::rank);
  AILOOP_REQUIRE(mine != m_messages.end() && share >= mine->shares.first && share < mine->shares.last,
                 "ShareExchange: not a share of this rank");
  const std::int64_t offset = 1 + (share - mine->shares.first) * m_values;
  return std::span(mine->numbers).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(m_values));
}

void ShareExchange::send(bool failed) {
  for (Message& message : m_messages) {
    if (message.rank == m_comm.rank()) {
      message.numbers[0] = failed ? not_usable : usable;
      if (m_comm.rank() != RoleLayout::model_rank) {
        AILOOP_MPI(MPI_Send(message.numbers.data(), length(message), MPI_DOUBLE, RoleLayout::model_rank, share_tag,
                            m_comm.get()));
      }
    }
  }
}

std::optional<int> ShareExchange::receive() {
  std::optional<int> failed;
  for (Message& message : m_messages) {
    if (message.rank != m_comm.rank()) {
      ailoop::receive(message.numbers.data(), length(message), MPI_DOUBLE, message.rank, share_tag, m_comm.get(),
                      m_waiting);
    }
    if (message.numbers[0] != usable && !failed) {
      failed = message.rank;
    }
  }
  return failed;
}

void ShareExchange::add_shares(std::span<double> sum) const {
  AILOOP_REQUIRE(static_cast<std::int64_t>(sum.size()) <= m_values, "ShareExchange: more values than a share has");
  std::ranges::fill(sum, 0.0);
  for (const Message& message : m_messages) {  // in share order
    for (std::int64_t share = 0; share < message.shares.size(); ++share) {
      const double* const values = &message.numbers[static_cast<std::size_t>(1 + share * m_values)];
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += values[i];
      }
    }
  }
}

}  // namespace ailoop
