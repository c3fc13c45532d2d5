#pragma once

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
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

namespace detail {

/// \param[in] where   for the message, e.g. "environment: OMP_NUM_THREADS"
/// \param[in] found   what stands there, of which `number` is the part that counts
/// \param[in] allowed for the message, what stands before "a number of threads"
[[nodiscard]] inline int thread_count(const std::string& where, std::string_view found, std::string_view number,
                                      std::string_view allowed) {
  constexpr std::string_view blank = " \t";
  std::string_view digits = number.substr(std::min(number.find_first_not_of(blank), number.size()));
  digits = digits.substr(0, digits.find_last_not_of(blank) + 1);
  int threads = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), threads);
  if (error != std::errc() || end != digits.data() + digits.size() || threads < 1 || threads > most_threads) {
    throw ConfigurationError(where + ": found '" + std::string(found) + "'; allowed is " + std::string(allowed) +
                             "a number of threads from 1 to " + std::to_string(most_threads));
  }
  return threads;
}

/// Number of threads in `--kokkos-threads=N` (spelled `--kokkos-num-threads=N` since Kokkos 3.7; both are understood
/// with every version), 0 for any other argument.
[[nodiscard]] inline int kokkos_threads_in(std::string_view argument) {
  const std::string_view flag = argument.substr(0, argument.find('='));
  if (flag != "--kokkos-threads" && flag != "--kokkos-num-threads") return 0;
  const std::string_view text = argument.substr(std::min(flag.size() + 1, argument.size()));
  return thread_count("command line: " + std::string(flag), text, text, "=N, ");
}

}  // namespace detail

/// What the user says of the number of host threads, the wish that counts first: the last `--kokkos-threads=N` (or
/// `--kokkos-num-threads=N`) of the command line before earlier ones, then KOKKOS_NUM_THREADS, then OMP_NUM_THREADS, of
/// whose list for nested levels (`4,2`) the first number counts. A variable that is set but empty says nothing.
/// \throws ConfigurationError if one of them is not a number of threads, even where another one counts
[[nodiscard]] inline std::vector<ThreadWish> thread_wishes(int argc, const char* const* argv) {
  std::vector<ThreadWish> wishes;
  for (int i = argc - 1; i > 0; --i) {
    const std::string_view argument = argv[i];
    if (const int threads = detail::kokkos_threads_in(argument); threads > 0) {
      wishes.push_back({std::string(argument.substr(0, argument.find('='))), threads});
    }
  }
  for (const char* name : {"KOKKOS_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
    if (value == nullptr || *value == '\0') continue;
    const std::string_view found = value;
    const bool is_list = std::string_view(name) == "OMP_NUM_THREADS";
    const std::string_view number = is_list ? found.substr(0, found.find(',')) : found;
    wishes.push_back({name, detail::thread_count(std::string("environment: ") + name, found, number, "")});
  }
  return wishes;
}

}  // namespace ailoop
