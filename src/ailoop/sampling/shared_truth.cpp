#include <ailoop/sampling/shared_truth.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <limits>

namespace ailoop {

namespace {

constexpr std::int64_t unusable = -1;

/// One message item for a whole row of doubles.
class RowType {
 public:
  explicit RowType(std::int64_t width) {
    AILOOP_MPI(MPI_Type_contiguous(static_cast<int>(width), MPI_DOUBLE, &m_type));
    AILOOP_MPI(MPI_Type_commit(&m_type));
  }
  ~RowType() { MPI_Type_free(&m_type); }
  RowType(const RowType&) = delete;
  RowType& operator=(const RowType&) = delete;
  [[nodiscard]] MPI_Datatype get() const noexcept { return m_type; }

 private:
  MPI_Datatype m_type = MPI_DATATYPE_NULL;
};

}  // namespace

SharedTruth::SharedTruth(const Communicator& comm, const Problem& problem, const Execution& execution,
                         Precision precision, OnFailure on_failure)
    : m_comm(comm), m_problem(problem), m_execution(execution), m_precision(precision), m_on_failure(on_failure) {}

std::int64_t SharedTruth::compute(ConstArray x, Array y) {
  const std::int64_t mine = x.rows == y.rows ? x.rows : unusable;
  const auto ranks = static_cast<std::size_t>(m_comm.size());
  std::vector<std::int64_t> counts(ranks);
  AILOOP_MPI(MPI_Allgather(&mine, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, m_comm.get()));
  // the same on all ranks, so that all of them throw
  AILOOP_REQUIRE(std::ranges::find(counts, unusable) == counts.end(),
                 "SharedTruth: x and y must have as many points, on every rank");
  std::vector<IndexRange> owned;
  owned.reserve(ranks);
  std::int64_t total = 0;
  for (const std::int64_t count : counts) {
    owned.push_back({total, total + count});
    total += count;
  }
  if (total == 0) {
    return 0;
  }
  AILOOP_REQUIRE(total <= std::numeric_limits<int>::max(), "SharedTruth: points are counted by MPI in an int");
  std::vector<IndexRange> blocks;
  blocks.reserve(ranks);
  for (int rank = 0; rank < m_comm.size(); ++rank) {
    blocks.push_back(block_of(total, m_comm.size(), rank));
  }
  const auto self = static_cast<std::size_t>(m_comm.rank());
  const Traffic outgoing = overlaps(blocks, owned[self]);
  const Traffic incoming = overlaps(owned, blocks[self]);

  const Facts& facts = m_problem.facts();
  const auto n = static_cast<std::size_t>(blocks[self].size());
  std::vector<double> block_x(n * static_cast<std::size_t>(facts.dimension));
  std::vector<double> block_y(n * static_cast<std::size_t>(facts.outputs));
  std::vector<PointStatus> statuses(n);
  const RowType x_row(facts.dimension);
  const RowType y_row(facts.outputs);
  AILOOP_MPI(MPI_Alltoallv(x.data, outgoing.counts.data(), outgoing.offsets.data(), x_row.get(), block_x.data(),
                           incoming.counts.data(), incoming.offsets.data(), x_row.get(), m_comm.get()));
  agreed(m_comm, "truth of queries", [&] {
    compute_truth(m_problem, {m_execution, {}}, m_precision, m_on_failure,
                  {block_x.data(), blocks[self].size(), facts.dimension},
                  {block_y.data(), blocks[self].size(), facts.outputs}, statuses);
  });
  AILOOP_MPI(MPI_Alltoallv(block_y.data(), incoming.counts.data(), incoming.offsets.data(), y_row.get(), y.data,
                           outgoing.counts.data(), outgoing.offsets.data(), y_row.get(), m_comm.get()));
  return total;
}

SharedTruth::Traffic SharedTruth::overlaps(const std::vector<IndexRange>& others, IndexRange mine) {
  Traffic traffic;
  for (const IndexRange& other : others) {
    const std::int64_t first = std::clamp(other.first, mine.first, mine.last);
    const std::int64_t last = std::clamp(other.last, mine.first, mine.last);
    traffic.counts.push_back(static_cast<int>(last - first));
    traffic.offsets.push_back(static_cast<int>(first - mine.first));
  }
  return traffic;
}

}  // namespace ailoop
