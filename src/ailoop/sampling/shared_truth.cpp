// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/shared_truth.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t unusable = -1;
constexpr const char* phase = "truth of queries";

// about what dealing out costs, on a machine of a few nodes: two exchanges, and moving a number there and back
constexpr double seconds_of_messages = 50e-6;
constexpr double seconds_of_a_number = 20e-9;
// of what all points cost, as much may be saved where all ranks have as many: those of one may cost more
constexpr double uneven_part = 0.25;

/// Who computes which of all ranks' points: point k is computed by rank k modulo their number.
struct Deal {
  std::int64_t ranks;

  /// How many of those a rank computes.
  [[nodiscard]] std::int64_t count(IndexRange points, std::int64_t rank) const {
    const auto before = [&](std::int64_t point) { return (point - rank + ranks - 1) / ranks; };
    return before(points.last) - before(points.first);
  }
  /// Calls visit(point, row) for each, in the order in which they are sent: rank after rank.
  template <class Visit>
  void each(IndexRange points, const Visit& visit) const {
    std::int64_t row = 0;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const std::int64_t behind = (rank - points.first % ranks + ranks) % ranks;
      for (std::int64_t point = points.first + behind; point < points.last; point += ranks) {
        visit(point, row++);
      }
    }
  }
};

/// Rows that are sent to each rank, or come from it.
struct Traffic {
  std::vector<int> counts, offsets;
  std::int64_t total = 0;

  void add(std::int64_t rows) {
    counts.push_back(static_cast<int>(rows));
    offsets.push_back(static_cast<int>(total));
    total += rows;
  }
};

void exchange(const Communicator& comm, const Array& from, const Traffic& out, const Array& to, const Traffic& in) {
  MPI_Datatype row = MPI_DATATYPE_NULL;  // of which MPI counts each as one
  AILOOP_MPI(MPI_Type_contiguous(static_cast<int>(from.cols), MPI_DOUBLE, &row));
  AILOOP_MPI(MPI_Type_commit(&row));
  AILOOP_MPI(MPI_Alltoallv(from.data, out.counts.data(), out.offsets.data(), row, to.data, in.counts.data(),
                           in.offsets.data(), row, comm.get()));
  AILOOP_MPI(MPI_Type_free(&row));
}

}  // namespace

SharedTruth::SharedTruth(const Communicator& comm, const Problem& problem, Precision precision, OnFailure on_failure)
    : m_comm(comm), m_problem(problem), m_precision(precision), m_on_failure(on_failure) {}

std::int64_t SharedTruth::compute(ConstArray x, Array y) {
  const Bid mine{x.rows == y.rows ? x.rows : unusable, m_seconds_a_point};
  std::vector<Bid> bids(as_size(m_comm.size()));
  AILOOP_MPI(MPI_Allgather(&mine, sizeof(Bid), MPI_BYTE, bids.data(), sizeof(Bid), MPI_BYTE, m_comm.get()));
  // the same on all ranks, so that all of them throw
  AILOOP_REQUIRE(std::ranges::find(bids, unusable, &Bid::points) == bids.end(),
                 "SharedTruth: x and y must have as many points, on every rank");
  std::int64_t total = 0;
  for (const Bid& bid : bids) {
    total += bid.points;
  }
  if (total == 0) {
    return 0;
  }
  if (is_not_worth_dealing(bids, total)) {
    agreed(m_comm, phase, [&] { compute_here(x, y); });
  } else {
    AILOOP_REQUIRE(total <= std::numeric_limits<int>::max(), "SharedTruth: points are counted by MPI in an int");
    deal_out(bids, x, y);
  }
  return total;
}

bool SharedTruth::is_not_worth_dealing(const std::vector<Bid>& bids, std::int64_t total) const {
  const Facts& facts = m_problem.facts();
  const double seconds_a_point = std::ranges::max(bids, {}, &Bid::seconds_a_point).seconds_a_point;
  const auto most = static_cast<double>(std::ranges::max(bids, {}, &Bid::points).points);
  const auto numbers = static_cast<double>(facts.dimension + facts.outputs);
  const bool is_known = seconds_a_point > 0.0;
  const double even = static_cast<double>(total) / static_cast<double>(m_comm.size());
  const double saved_s = (most - even + uneven_part * even) * seconds_a_point;
  const double messages_s = seconds_of_messages + most * numbers * seconds_of_a_number;
  return m_comm.size() == 1 || (is_known && saved_s <= messages_s);
}

void SharedTruth::compute_here(ConstArray x, Array y) {
  if (x.rows == 0) {
    return;
  }
  const auto start = Clock::now();
  std::vector<PointStatus> statuses(as_size(x.rows));
  const Execution execution = execution_of_truth(m_problem.facts(), x.rows);
  compute_truth(m_problem, {execution, {}}, m_precision, m_on_failure, x, y, {statuses.data(), x.rows});
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(x.rows);
  // what disturbs this rank once makes it no more than twice as much
  m_seconds_a_point = m_seconds_a_point > 0.0 ? std::min(seconds, 2 * m_seconds_a_point) : seconds;
}

void SharedTruth::deal_out(const std::vector<Bid>& bids, ConstArray x, Array y) {
  std::vector<IndexRange> owned;  // by each rank
  for (std::int64_t first = 0; const Bid& bid : bids) {
    owned.push_back({first, first + bid.points});
    first += bid.points;
  }
  const Deal deal{m_comm.size()};
  const IndexRange mine = owned[as_size(m_comm.rank())];
  Traffic lent;      // this rank's points, which others compute
  Traffic computed;  // others' points, which this rank computes
  for (int rank = 0; rank < m_comm.size(); ++rank) {
    lent.add(deal.count(mine, rank));
    computed.add(deal.count(owned[as_size(rank)], m_comm.rank()));
  }
  const OwnedArray lent_x(mine.size(), x.cols);
  const OwnedArray lent_y(mine.size(), y.cols);
  const OwnedArray here_x(computed.total, x.cols);
  const OwnedArray here_y(computed.total, y.cols);
  deal.each(mine, [&](std::int64_t point, std::int64_t row) {
    std::ranges::copy(x.row(point - mine.first), lent_x.row(row).begin());
  });
  exchange(m_comm, lent_x, lent, here_x, computed);
  agreed(m_comm, phase, [&] { compute_here(here_x, here_y); });
  exchange(m_comm, here_y, computed, lent_y, lent);
  deal.each(mine, [&](std::int64_t point, std::int64_t row) {
    std::ranges::copy(lent_y.row(row), y.row(point - mine.first).begin());
  });
}

}  // namespace ailoop
