// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <mpi.h>

namespace ailoop::test {

/// Rank of this process among those that the launcher started.
[[nodiscard]] inline int rank() {
  int value = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &value);
  return value;
}

/// Number of processes that the launcher started.
[[nodiscard]] inline int size() {
  int value = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &value);
  return value;
}

}  // namespace ailoop::test
