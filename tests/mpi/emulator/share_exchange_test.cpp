#include <ailoop/emulator/share_exchange.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/mpi.hpp>

#include <gmock/gmock.h>

#include <optional>

namespace ailoop {
namespace {

RoleLayout layout_of(const Communicator& comm, std::int64_t n_shares) {
  return assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 4, n_shares);
}

/// Shares whose sum depends on the order in which they are added.
double share_value(std::int64_t share, std::int64_t i) {
  constexpr double values[] = {1.0, 1e16, -1e16, 3.0, 0.1, -7e15, 7e15};
  return values[share] * static_cast<double>(i + 1);
}

double sum_in_order(std::int64_t n_shares, std::int64_t i) {
  double sum = 0.0;
  for (std::int64_t share = 0; share < n_shares; ++share) {
    sum += share_value(share, i);
  }
  return sum;
}

/// Every approximation rank fills in and sends its shares.
void send_shares(ShareExchange& exchange, const IndexRange& mine, std::int64_t values, bool failed) {
  for (std::int64_t share = mine.first; share < mine.last; ++share) {
    for (std::int64_t i = 0; i < values; ++i) {
      exchange.own_share(share)[static_cast<std::size_t>(i)] = share_value(share, i);
    }
  }
  if (mine.size() > 0) {
    exchange.send(failed);
  }
}

TEST(ShareExchange, AddsSharesInAscendingOrderInEveryWorld) {
  const Communicator comm(MPI_COMM_WORLD);
  for (const Waiting waiting : {Waiting::spin, Waiting::yield}) {
    for (const std::int64_t n_shares : {1, 2, 4, 7}) {
      const RoleLayout roles = layout_of(comm, n_shares);
      ShareExchange exchange(comm, roles, n_shares, 5, waiting);
      for (const std::int64_t values : {3, 1, 5}) {
        exchange.use(values);
        send_shares(exchange, roles.shares_of(comm.rank()), values, false);
        if (comm.rank() == RoleLayout::model_rank) {
          EXPECT_EQ(exchange.receive(), std::nullopt);
          std::vector<double> sum(static_cast<std::size_t>(values));
          exchange.add_shares(sum);
          for (std::int64_t i = 0; i < values; ++i) {
            EXPECT_EQ(sum[static_cast<std::size_t>(i)], sum_in_order(n_shares, i));
          }
        }
        MPI_Barrier(comm.get());
      }
    }
  }
}

TEST(ShareExchange, TellsTheModelRankWhoFailed) {
  const Communicator comm(MPI_COMM_WORLD);
  const RoleLayout roles = layout_of(comm, 4);
  for (const int failing : roles.approximation_ranks) {
    ShareExchange exchange(comm, roles, 4, 1, Waiting::yield);
    send_shares(exchange, roles.shares_of(comm.rank()), 1, comm.rank() == failing);
    if (comm.rank() == RoleLayout::model_rank) {
      EXPECT_EQ(exchange.receive(), failing);
    }
    MPI_Barrier(comm.get());
  }
}

TEST(ShareExchange, RefusesAShareThatThisRankDoesNotCompute) {
  const Communicator comm(MPI_COMM_WORLD);
  const RoleLayout roles = layout_of(comm, 4);
  ShareExchange exchange(comm, roles, 4, 1, Waiting::yield);
  const IndexRange mine = roles.shares_of(comm.rank());
  for (std::int64_t share = 0; share < 5; ++share) {
    if (share >= mine.first && share < mine.last) {
      EXPECT_EQ(exchange.own_share(share).size(), 1U);
    } else {
      EXPECT_THROW(static_cast<void>(exchange.own_share(share)), UsageError) << share;
    }
  }
}

}  // namespace
}  // namespace ailoop
