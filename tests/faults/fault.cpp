// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fault.hpp"
#include <mpi.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

namespace ailoop::test {

namespace {

constexpr std::array<std::string_view, 7> phase_names = {
    "start", "predicting", "approximating", "bounding", "truth_of_queries", "sampling", "training"};

struct Fault {
  std::string phase;
  std::string kind;
  int rank = -1;
  std::int64_t call = 0;
};

Fault read_fault() {
  const char* const text = std::getenv("AILOOP_FAULT");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  if (text == nullptr) {
    return {};
  }
  const std::string words = text;
  const auto first = words.find(':');
  const auto second = words.find(':', first + 1);
  const auto third = words.find(':', second + 1);
  return {words.substr(0, first), words.substr(first + 1, second - first - 1),
          std::stoi(words.substr(second + 1, third - second - 1)), std::stoll(words.substr(third + 1))};
}

int world_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

void let_no_file_grow() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_FSIZE, &none);
}

void strike(const std::string& kind) {
  if (kind == "throw") {
    throw std::runtime_error("a fault made on purpose");
  }
  if (kind == "out_of_memory") {
    throw std::bad_alloc();  // not a real request: compilers may drop it, and sanitizers end the program
  }
  if (kind == "segfault") {
    std::raise(SIGSEGV);
  }
  if (kind == "kill") {
    std::raise(SIGKILL);
  }
  if (kind == "full_disk") {
    let_no_file_grow();
  }
  if (kind == "vanish") {
    std::filesystem::remove_all(std::getenv("AILOOP_FAULT_FOLDER"));  // NOLINT(concurrency-mt-unsafe)
  }
}

}  // namespace

bool fault_point(Phase phase) {
  static const Fault fault = read_fault();
  static std::array<std::int64_t, phase_names.size()> calls{};
  const auto index = static_cast<std::size_t>(phase);
  const std::int64_t call = ++calls[index];
  if (fault.phase != phase_names[index] || fault.rank != world_rank() || call < fault.call) {
    return false;
  }
  if (call == fault.call) {
    strike(fault.kind);
  }
  return fault.kind == "nan";
}

}  // namespace ailoop::test
