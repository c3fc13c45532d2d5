// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "process_facts.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace ailoop::perf {

std::optional<double> seconds_since_exec() {
  const char* const text = std::getenv("AILOOP_EXEC_TIME");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (text == nullptr) {
    return std::nullopt;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count() - std::strtod(text, nullptr);
}

PrivateMemory private_memory() {
  std::ifstream file("/proc/self/smaps_rollup");
  PrivateMemory memory;
  bool is_told = false;
  for (std::string line; std::getline(file, line);) {
    const bool is_clean = line.starts_with("Private_Clean:");
    if (is_clean || line.starts_with("Private_Dirty:")) {
      (is_clean ? memory.clean_kib : memory.dirty_kib) += std::stoll(line.substr(line.find(':') + 1));
      is_told = true;
    }
  }
  if (!is_told) {
    throw std::runtime_error("/proc/self/smaps_rollup does not tell the private memory of a process");
  }
  return memory;
}

}  // namespace ailoop::perf
