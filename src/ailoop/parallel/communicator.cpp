// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/communicator.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

namespace ailoop {

namespace {

MPI_Comm duplicate(MPI_Comm original) {
  MPI_Comm copy = MPI_COMM_NULL;
  AILOOP_MPI(MPI_Comm_dup(original, &copy));
  return copy;
}

}  // namespace

Communicator::Communicator(MPI_Comm original) : Communicator(duplicate(original), Adopt{}) {}

Communicator::Communicator(MPI_Comm owned, Adopt /*tag*/) : m_comm(owned) {
  AILOOP_MPI(MPI_Comm_set_errhandler(m_comm, MPI_ERRORS_RETURN));
  AILOOP_MPI(MPI_Comm_rank(m_comm, &m_rank));
  AILOOP_MPI(MPI_Comm_size(m_comm, &m_size));
}

Communicator::~Communicator() { MPI_Comm_free(&m_comm); }

Communicator Communicator::same_node() const {
  MPI_Comm node = MPI_COMM_NULL;
  AILOOP_MPI(MPI_Comm_split_type(m_comm, MPI_COMM_TYPE_SHARED, m_rank, MPI_INFO_NULL, &node));
  return {node, Adopt{}};
}

namespace {

template <class Values>
void broadcast(const Communicator& comm, Values& values, int root, MPI_Datatype type) {
  std::int64_t length = std::ssize(values);
  AILOOP_MPI(MPI_Bcast(&length, 1, MPI_INT64_T, root, comm.get()));
  values.resize(as_size(length));
  constexpr std::int64_t most_at_once = 1 << 30;  // MPI counts in an int
  for (std::int64_t first = 0; first < length; first += most_at_once) {
    const auto count = static_cast<int>(std::min(most_at_once, length - first));
    AILOOP_MPI(MPI_Bcast(values.data() + first, count, type, root, comm.get()));
  }
}

template <class T>
std::vector<T> gathered(const Communicator& comm, const std::vector<T>& numbers, int root, MPI_Datatype type) {
  const std::int64_t mine = std::ssize(numbers);
  std::vector<std::int64_t> of_ranks(as_size(comm.size()));
  AILOOP_MPI(MPI_Allgather(&mine, 1, MPI_INT64_T, of_ranks.data(), 1, MPI_INT64_T, comm.get()));
  const std::int64_t total = std::accumulate(of_ranks.begin(), of_ranks.end(), std::int64_t{0});
  // the same on all ranks, so that all of them throw
  AILOOP_REQUIRE(total <= std::numeric_limits<int>::max(), "gathered: the numbers are counted by MPI in an int");
  const std::vector<int> counts(of_ranks.begin(), of_ranks.end());
  std::vector<int> offsets(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
  std::vector<T> all(as_size(comm.rank() == root ? total : 0));
  AILOOP_MPI(MPI_Gatherv(numbers.data(), static_cast<int>(mine), type, all.data(), counts.data(), offsets.data(), type,
                         root, comm.get()));
  return all;
}

}  // namespace

void broadcast(const Communicator& comm, std::string& text, int root) { broadcast(comm, text, root, MPI_CHAR); }

void broadcast(const Communicator& comm, std::vector<double>& numbers, int root) {
  broadcast(comm, numbers, root, MPI_DOUBLE);
}

std::vector<double> gathered(const Communicator& comm, const std::vector<double>& numbers, int root) {
  return gathered(comm, numbers, root, MPI_DOUBLE);
}

std::vector<std::int64_t> gathered(const Communicator& comm, const std::vector<std::int64_t>& numbers, int root) {
  return gathered(comm, numbers, root, MPI_INT64_T);
}

}  // namespace ailoop
