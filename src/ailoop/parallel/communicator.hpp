// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ailoop {

/// Owner of a private MPI communicator whose calls return their errors (MPI_ERRORS_RETURN) instead of aborting.
class Communicator {
 public:
  /// Duplicates `original`, so that ailoop's messages never meet those of the caller. Collective.
  explicit Communicator(MPI_Comm original);
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  [[nodiscard]] MPI_Comm get() const noexcept { return m_comm; }
  [[nodiscard]] int rank() const noexcept { return m_rank; }
  [[nodiscard]] int size() const noexcept { return m_size; }

  /// The ranks that share memory with this one, in the order of their ranks here. Collective.
  [[nodiscard]] Communicator same_node() const;

 private:
  struct Adopt {};
  Communicator(MPI_Comm owned, Adopt);

  MPI_Comm m_comm = MPI_COMM_NULL;
  int m_rank = 0;
  int m_size = 1;
};

/// Gives every rank the text that `root` holds. Collective.
void broadcast(const Communicator& comm, std::string& text, int root);

/// Gives every rank the numbers that `root` holds. Collective.
void broadcast(const Communicator& comm, std::vector<double>& numbers, int root);

/// The numbers of all ranks, in rank order, on `root`; nothing on the others. Collective.
/// \throws UsageError on all ranks if they are more than MPI can count
[[nodiscard]] std::vector<double> gathered(const Communicator& comm, const std::vector<double>& numbers, int root);
[[nodiscard]] std::vector<std::int64_t> gathered(const Communicator& comm, const std::vector<std::int64_t>& numbers,
                                                 int root);

}  // namespace ailoop
