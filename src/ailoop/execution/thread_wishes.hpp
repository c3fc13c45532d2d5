// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Most host threads of a process: Kokkos' OpenMP and Threads have room for no more, and do not look.
inline constexpr int most_threads = 512;

/// A number of host threads that the user asked for.
struct ThreadWish {
  std::string where;  ///< e.g. "--kokkos-threads" or "OMP_NUM_THREADS"
  int threads = 0;    ///< 1 ... most_threads
};

/// Number of threads in `--kokkos-threads=N` (spelled `--kokkos-num-threads=N` since Kokkos 3.7; both are understood
/// with every version), 0 for any other argument.
/// \throws ConfigurationError if N is not a number of threads
[[nodiscard]] int kokkos_threads_in(std::string_view argument);

/// What the user says of the number of host threads, the wish that counts first: the last `--kokkos-threads=N` (or
/// `--kokkos-num-threads=N`) of the command line before earlier ones, then KOKKOS_NUM_THREADS, then OMP_NUM_THREADS, of
/// whose list for nested levels (`4,2`) the first number counts. A variable that is set but empty says nothing.
/// \throws ConfigurationError if one of them is not a number of threads, even where another one counts
[[nodiscard]] std::vector<ThreadWish> thread_wishes(int argc, const char* const* argv);

}  // namespace ailoop
