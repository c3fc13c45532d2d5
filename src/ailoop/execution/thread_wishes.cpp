// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/thread_wishes.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace ailoop {

namespace {

/// \param[in] where   for the message, e.g. "environment: OMP_NUM_THREADS"
/// \param[in] found   what stands there, of which `number` is the part that counts
/// \param[in] allowed for the message, what stands before "a number of threads"
int thread_count(const std::string& where, std::string_view found, std::string_view number, std::string_view allowed) {
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

}  // namespace

int kokkos_threads_in(std::string_view argument) {
  const std::string_view flag = argument.substr(0, argument.find('='));
  if (flag != "--kokkos-threads" && flag != "--kokkos-num-threads") {
    return 0;
  }
  const std::string_view text = argument.substr(std::min(flag.size() + 1, argument.size()));
  return thread_count("command line: " + std::string(flag), text, text, "=N, ");
}

std::vector<ThreadWish> thread_wishes(int argc, const char* const* argv) {
  std::vector<ThreadWish> wishes;
  for (int i = argc - 1; i > 0; --i) {
    const std::string_view argument = argv[i];
    if (const int threads = kokkos_threads_in(argument); threads > 0) {
      wishes.push_back({std::string(argument.substr(0, argument.find('='))), threads});
    }
  }
  for (const char* name : {"KOKKOS_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
    if (value == nullptr || *value == '\0') {
      continue;
    }
    const std::string_view found = value;
    const bool is_list = std::string_view(name) == "OMP_NUM_THREADS";
    const std::string_view number = is_list ? found.substr(0, found.find(',')) : found;
    wishes.push_back({name, thread_count(std::string("environment: ") + name, found, number, "")});
  }
  return wishes;
}

}  // namespace ailoop
