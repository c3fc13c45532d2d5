#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ailoop {

/// What produced a run: versions of the libraries in use, compiler with its flags, processor. In a fixed order;
/// LibTorch is named only where it has been loaded. MPI and Kokkos must be initialized.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance();

}  // namespace ailoop
