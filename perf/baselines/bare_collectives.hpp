// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <mpi.h>

#include <vector>

namespace ailoop::perf {

/// What every rank sends in a check when it is written with collectives, and nothing else is done. All calls are
/// collective over the communicator.
class BareCheck {
 public:
  /// \param[in] decision_bytes that rank 0 tells all
  /// \param[in] share_bytes    that rank 0 gets from each
  BareCheck(MPI_Comm comm, int decision_bytes, int share_bytes);

  /// MPI_Bcast of the decision, MPI_Gather of the shares.
  void gather();
  /// MPI_Bcast of the decision, MPI_Reduce of as many bytes of double as a share has.
  void reduce();

 private:
  MPI_Comm m_comm;
  std::vector<char> m_decision;
  std::vector<double> m_share;
  std::vector<double> m_shares;
};

/// Bare checks that take about `seconds` here and now, at least 10 and at most `most`; the same on all ranks. Where
/// other processes use the cores a collective takes a thousand times longer. Collective.
[[nodiscard]] int affordable_checks(MPI_Comm comm, double seconds, int most);

/// What is sent in a retraining: MPI_Bcast of the decision, MPI_Gatherv of rows in even blocks.
class BareRetraining {
 public:
  /// \param[in] samples   of all ranks together
  /// \param[in] row_bytes of a sample
  BareRetraining(MPI_Comm comm, int decision_bytes, int samples, int row_bytes);

  void gather();

 private:
  MPI_Comm m_comm;
  std::vector<char> m_decision;
  std::vector<char> m_block;
  std::vector<char> m_all;
  std::vector<int> m_counts;
  std::vector<int> m_offsets;
};

}  // namespace ailoop::perf
