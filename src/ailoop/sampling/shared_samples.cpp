// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/shared_samples.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/block_sum.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <variant>

namespace ailoop {

namespace {

std::int64_t row_bytes(const SampleSet& samples) {
  return (samples.dimension() + samples.outputs()) * number_bytes(samples.precision());
}

std::byte* row_of(const SampleSet& samples, std::int64_t row) {
  return std::visit([&](const auto& rows) { return std::as_writable_bytes(rows.row(row)).data(); }, samples.rows());
}

/// Rows that each rank gets from this one, or gives to it, and where they begin in a buffer.
struct Shares {
  explicit Shares(int ranks) : rows(as_size(ranks)), starts(as_size(ranks)) {}

  /// \return of all ranks
  std::int64_t find_starts() {
    std::exclusive_scan(rows.begin(), rows.end(), starts.begin(), 0);
    return std::int64_t{starts.back()} + rows.back();
  }

  std::vector<int> rows;
  std::vector<int> starts;
};

/// Which of `parts` blocks of block_of(count, parts, .) holds an index.
int part_with(std::int64_t index, std::int64_t count, std::int64_t parts) {
  const std::int64_t size = count / parts;
  const std::int64_t in_longer = count % parts * (size + 1);
  return static_cast<int>(index < in_longer ? index / (size + 1) : count % parts + (index - in_longer) / size);
}

/// Which rank gets place q of an order.
int owner_of(const SampleDealer::Order& order, std::int64_t q, int ranks) {
  const std::int64_t first = q / order.batch * order.batch;
  const std::int64_t blocks = (std::min(order.batch, order.count - first) + order.block - 1) / order.block;
  return blocks == 1 ? 0 : part_with((q - first) / order.block, blocks, ranks);
}

std::int64_t position_at(const SampleDealer::Order& order, std::int64_t q) {
  return order.positions.empty() ? q : order.positions[as_size(q)];
}

/// The places of an order that a rank gets.
template <class Visit>
void for_each_place(const SampleDealer::Order& order, const Communicator& comm, const Visit& visit) {
  for (std::int64_t first = 0; first < order.count; first += order.batch) {
    const std::int64_t size = std::min(order.batch, order.count - first);
    const IndexRange rows = SampleDealer::rows_of(size, order.block, comm.size(), comm.rank());
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      visit(first + row);
    }
  }
}

/// The number of the range that holds a position.
std::size_t range_of(const SampleHomes& homes, std::int64_t position) {
  return as_size(std::ranges::upper_bound(homes.starts, position) - homes.starts.begin() - 1);
}

}  // namespace

void SharedSamples::sum(FunctionRef<void(IndexRange rows, std::span<double> numbers)> of_block,
                        std::span<double> sums) const {
  std::vector<double> numbers(sums.size());
  const auto for_each_block = [&](const BlockSum::Add& add) {
    for (std::int64_t first = 0; first < here.count(); first += block) {
      std::ranges::fill(numbers, 0.0);
      of_block({first, std::min(first + block, here.count())}, numbers);
      add(numbers);
    }
  };
  if (comm != nullptr) {
    BlockSum(*comm, std::ssize(sums), 2).add_up(blocks(), for_each_block, sums);
    return;
  }
  std::ranges::fill(sums, 0.0);
  for_each_block(
      [&](std::span<const double> of_one) { std::ranges::transform(sums, of_one, sums.begin(), std::plus<>()); });
}

SampleHomes SampleHomes::of_blocks(const SharedSamples& samples) {
  SampleHomes homes;
  const int ranks = samples.comm->size();
  for (int rank = 0; rank < ranks; ++rank) {
    homes.starts.push_back(std::min(block_of(samples.blocks(), ranks, rank).first * samples.block, samples.count));
  }
  homes.starts.insert(homes.starts.end(), 2, samples.count);
  return homes;
}

IndexRange SampleDealer::rows_of(std::int64_t batch, std::int64_t block, std::int64_t ranks, std::int64_t rank) {
  const std::int64_t blocks = (batch + block - 1) / block;
  if (blocks == 1) {
    return {0, rank == 0 ? batch : 0};
  }
  const IndexRange own = block_of(blocks, ranks, rank);
  return {std::min(own.first * block, batch), std::min(own.last * block, batch)};
}

void SampleDealer::deal(const Communicator& comm, const SampleSet& from, const SampleHomes& homes, const Order& order,
                        SampleSet& to) {
  const std::int64_t bytes = row_bytes(from);
  const auto me = as_size(comm.rank());
  const IndexRange own{homes.starts[me], homes.starts[me + 1]};
  const std::int64_t behind = comm.rank() == 0 ? homes.starts[homes.starts.size() - 2] : order.count;
  const auto row_here = [&](std::int64_t position) {
    return position < own.last ? position - own.first : position - behind + own.size();
  };
  const auto home_of = [&](std::int64_t q) {
    const std::size_t range = range_of(homes, position_at(order, q));
    return range == as_size(comm.size()) ? 0 : range;
  };

  AILOOP_REQUIRE(order.count <= std::numeric_limits<int>::max(), "SampleDealer: MPI counts samples in an int");
  Shares sent(comm.size());
  Shares received(comm.size());
  std::vector<int> next;
  const auto pack = [&] {
    from.move_to(Memory::host);
    to.move_to(Memory::host);
    m_places.clear();
    m_places.reserve(as_size(from.count()));
    for (std::int64_t q = 0; q < order.count; ++q) {
      const std::int64_t position = position_at(order, q);
      if ((position >= own.first && position < own.last) || position >= behind) {
        m_places.push_back(q);
      }
    }
    for (const std::int64_t q : m_places) {
      ++sent.rows[as_size(owner_of(order, q, comm.size()))];
    }
    for_each_place(order, comm, [&](std::int64_t q) { ++received.rows[home_of(q)]; });
    m_sent.resize(as_size(sent.find_starts() * bytes));
    const std::int64_t count = received.find_starts();
    m_received.resize(as_size(count * bytes));
    to.resize(count);

    next = sent.starts;
    for (const std::int64_t q : m_places) {
      int& place = next[as_size(owner_of(order, q, comm.size()))];
      std::memcpy(&m_sent[as_size(place++ * bytes)], row_of(from, row_here(position_at(order, q))), as_size(bytes));
    }
  };
  agreed(comm, "training", pack);  // which needs memory

  MPI_Datatype row = MPI_DATATYPE_NULL;
  AILOOP_MPI(MPI_Type_contiguous(static_cast<int>(bytes), MPI_BYTE, &row));
  AILOOP_MPI(MPI_Type_commit(&row));
  AILOOP_MPI(MPI_Alltoallv(m_sent.data(), sent.rows.data(), sent.starts.data(), row, m_received.data(),
                           received.rows.data(), received.starts.data(), row, comm.get()));
  AILOOP_MPI(MPI_Type_free(&row));

  next = received.starts;
  std::int64_t place = 0;
  for_each_place(order, comm, [&](std::int64_t q) {
    std::memcpy(row_of(to, place++), &m_received[as_size(next[home_of(q)]++ * bytes)], as_size(bytes));
  });
}

}  // namespace ailoop
