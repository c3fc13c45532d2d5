// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/test/mpi.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace ailoop {
namespace {

/// The sample of a position: what no other has.
double x_of(std::int64_t position) { return static_cast<double>(position) + 0.5; }
double y_of(std::int64_t position) { return -static_cast<double>(position); }

SampleSet samples_at(const std::vector<std::int64_t>& positions) {
  SampleSet samples(Precision::float64, std::ssize(positions), 1, 1);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    rows(i, 0) = x_of(positions[as_size(i)]);
    rows(i, 1) = y_of(positions[as_size(i)]);
  }
  return samples;
}

/// Rank r has as many positions as `counts` say, and rank 0 the last `added` ones besides.
struct Homes {
  SampleHomes homes;
  std::vector<std::int64_t> here;

  Homes(const Communicator& comm, const std::vector<std::int64_t>& counts, std::int64_t added) {
    homes.starts = {0};
    for (const std::int64_t count : counts) {
      homes.starts.push_back(homes.starts.back() + count);
    }
    const auto me = as_size(comm.rank());
    for (std::int64_t p = homes.starts[me]; p < homes.starts[me + 1]; ++p) {
      here.push_back(p);
    }
    for (std::int64_t i = 0; comm.rank() == 0 && i < added; ++i) {
      here.push_back(homes.starts.back() + i);
    }
    homes.starts.push_back(homes.starts.back() + added);
  }
};

/// What this rank gets: its blocks of each batch, by the definition.
std::vector<std::int64_t> expected(const Communicator& comm, const std::vector<std::int64_t>& order, std::int64_t batch,
                                   std::int64_t block) {
  std::vector<std::int64_t> mine;
  const std::int64_t count = std::ssize(order);
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t size = std::min(batch, count - first);
    const std::int64_t blocks = (size + block - 1) / block;
    for (std::int64_t b = 0; b < blocks; ++b) {
      int owner = 0;
      for (int rank = 0; blocks > 1 && rank < comm.size(); ++rank) {
        const IndexRange own = block_of(blocks, comm.size(), rank);
        owner = own.first <= b && b < own.last ? rank : owner;
      }
      for (std::int64_t q = b * block; owner == comm.rank() && q < std::min((b + 1) * block, size); ++q) {
        mine.push_back(order[as_size(first + q)]);
      }
    }
  }
  return mine;
}

TEST(SampleDealer, GivesEachRankItsBlocksOfEachBatch) {
  const Communicator world(MPI_COMM_WORLD);
  SampleDealer dealer;
  SampleSet dealt(Precision::float64, 0, 1, 1);
  std::mt19937_64 random(11);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::int64_t> counts(as_size(world.size()));
    std::ranges::generate(counts, [&] { return static_cast<std::int64_t>(random() % 40) - 10; });
    std::ranges::transform(counts, counts.begin(), [](std::int64_t n) { return std::max<std::int64_t>(n, 0); });
    const auto added = static_cast<std::int64_t>(random() % 3 * 4);
    const auto batch = static_cast<std::int64_t>(1 + random() % 60);
    const auto block = static_cast<std::int64_t>(1 + random() % 9);
    const Homes all(world, counts, added);
    std::vector<std::int64_t> order(as_size(all.homes.starts.back()));
    std::iota(order.begin(), order.end(), 0);
    const bool is_shuffled = trial % 2 == 0;
    if (is_shuffled) {
      std::ranges::shuffle(order, random);
    }
    const SampleDealer::Order dealing{
        .positions = is_shuffled ? std::span<const std::int64_t>(order) : std::span<const std::int64_t>(),
        .count = std::ssize(order),
        .batch = batch,
        .block = block};
    dealer.deal(world, samples_at(all.here), all.homes, dealing, dealt);
    const std::vector<std::int64_t> mine = expected(world, order, batch, block);
    ASSERT_EQ(dealt.count(), std::ssize(mine)) << trial;
    const auto& rows = std::get<ArrayOf<double>>(dealt.rows());
    for (std::int64_t i = 0; i < dealt.count(); ++i) {
      ASSERT_EQ(rows(i, 0), x_of(mine[as_size(i)])) << trial;
      ASSERT_EQ(rows(i, 1), y_of(mine[as_size(i)])) << trial;
    }
    std::int64_t rows_of_batches = 0;
    for (std::int64_t first = 0; first < std::ssize(order); first += batch) {
      rows_of_batches +=
          SampleDealer::rows_of(std::min(batch, std::ssize(order) - first), block, world.size(), world.rank()).size();
    }
    ASSERT_EQ(rows_of_batches, dealt.count());
  }
}

}  // namespace
}  // namespace ailoop
