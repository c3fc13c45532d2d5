// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ailoop {

/// What a variable of the environment holds; nullptr where it is not set.
using Environment = std::function<const char*(const char*)>;
/// The environment of this process.
[[nodiscard]] const char* own_environment(const char* name);

/// What started this process, as far as the environment tells; without a launcher a world of one.
struct Launcher {
  std::string told_by;     ///< the variable that tells the size, and its value; empty where none does
  int rank = 0;            ///< of this process
  int size = 1;            ///< processes that it started together, at least
  int tasks_of_job = 1;    ///< SLURM_NTASKS, of which this program need not be given all
  bool sees_first = true;  ///< whether this is the first process that can know of the others: 0, or 1 without a size
};

/// Reads what launchers leave. The nearest counts: that of an MPI library (Open MPI, then PMI, then PALS and PMIx,
/// which tell the rank alone), then Slurm's step. The batch script of a job is no step.
[[nodiscard]] Launcher launcher(const Environment& environment = own_environment);

/// Refuses a world that is smaller than what the launcher started: an MPI library that does not understand its launcher
/// makes every process a world of one, and each would do the whole run. AILOOP_ALLOW_SINGLETON=1 allows it.
/// \return a warning where the job has more tasks than the world has ranks; empty where there is nothing to say
/// \throws ConfigurationError with the launchers of each MPI library
[[nodiscard]] std::string check_world(const Launcher& launcher, int world_size,
                                      const Environment& environment = own_environment);

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
