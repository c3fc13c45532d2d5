// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ailoop {

/// How a run began: what its records say of it.
struct RunStart {
  double seconds = 0.0;  ///< from the start of the program to that of the loop
  int ranks = 1;
  int threads = 1;  ///< of each rank
  std::string config_sha256;
  std::optional<std::string> initial_model_sha256;
};

/// Name and version of the MPI library in use; MPI need not be initialized.
[[nodiscard]] std::string mpi_version();

/// What produced a run: versions of the libraries in use, compiler with its flags, processor. In a fixed order;
/// LibTorch is named only where it has been loaded. MPI and Kokkos must be initialized.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance();

}  // namespace ailoop
