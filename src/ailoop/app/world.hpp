#pragma once

#include <optional>

namespace ailoop {

/// What the processes of MPI_COMM_WORLD turned out to be.
struct World {
  /// Whether all of them take part: false where the launcher started another program beside ailoop (MPMD). MPI can then
  /// only be ended.
  bool is_of_ailoop = false;
  /// The rank of one that was started with another program name or other arguments than rank 0. Arguments for Kokkos
  /// may differ.
  std::optional<int> other_command;
};

/// Every rank of a run calls it before anything else of MPI's; the same result on all. Another program is noticed by
/// its silence: for ten seconds where the launcher is known to have started several, else for half a minute.
[[nodiscard]] World meet_world(int argc, const char* const* argv);

}  // namespace ailoop
