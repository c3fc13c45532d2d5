// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bare_collectives.hpp"

#include <algorithm>

namespace ailoop::perf {
namespace {

int size_of(MPI_Comm comm) {
  int size = 1;
  MPI_Comm_size(comm, &size);
  return size;
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

std::vector<char> bytes(int count) { return std::vector<char>(static_cast<std::size_t>(count)); }

}  // namespace

BareCheck::BareCheck(MPI_Comm comm, int decision_bytes, int share_bytes)
    : m_comm(comm),
      m_decision(bytes(decision_bytes)),
      m_share(static_cast<std::size_t>(share_bytes) / sizeof(double)),
      m_shares(m_share.size() * static_cast<std::size_t>(size_of(comm))) {}

void BareCheck::gather() {
  const auto count = static_cast<int>(m_share.size());
  MPI_Bcast(m_decision.data(), static_cast<int>(m_decision.size()), MPI_BYTE, 0, m_comm);
  MPI_Gather(m_share.data(), count, MPI_DOUBLE, m_shares.data(), count, MPI_DOUBLE, 0, m_comm);
}

void BareCheck::reduce() {
  const auto count = static_cast<int>(m_share.size());
  MPI_Bcast(m_decision.data(), static_cast<int>(m_decision.size()), MPI_BYTE, 0, m_comm);
  MPI_Reduce(m_share.data(), m_shares.data(), count, MPI_DOUBLE, MPI_SUM, 0, m_comm);
}

int affordable_checks(MPI_Comm comm, double seconds, int most) {
  constexpr int trials = 20;
  constexpr int fewest = 10;
  BareCheck bare(comm, sizeof(double), sizeof(double));
  bare.gather();  // which connects the ranks
  const double start = MPI_Wtime();
  for (int i = 0; i < trials; ++i) {
    bare.gather();
  }
  const double check_s = (MPI_Wtime() - start) / trials;
  int checks = check_s * most < seconds ? most : static_cast<int>(seconds / check_s);
  checks = std::max(checks, fewest);
  MPI_Bcast(&checks, 1, MPI_INT, 0, comm);
  return checks;
}

BareRetraining::BareRetraining(MPI_Comm comm, int decision_bytes, int samples, int row_bytes)
    : m_comm(comm), m_decision(bytes(decision_bytes)) {
  const int size = size_of(comm);
  int offset = 0;
  for (int rank = 0; rank < size; ++rank) {
    m_counts.push_back((samples / size + (rank < samples % size ? 1 : 0)) * row_bytes);
    m_offsets.push_back(offset);
    offset += m_counts.back();
  }
  m_block = bytes(m_counts[static_cast<std::size_t>(rank_of(comm))]);
  m_all = bytes(rank_of(comm) == 0 ? offset : 0);
}

void BareRetraining::gather() {
  MPI_Bcast(m_decision.data(), static_cast<int>(m_decision.size()), MPI_BYTE, 0, m_comm);
  MPI_Gatherv(m_block.data(), static_cast<int>(m_block.size()), MPI_BYTE, m_all.data(), m_counts.data(),
              m_offsets.data(), MPI_BYTE, 0, m_comm);
}

}  // namespace ailoop::perf
