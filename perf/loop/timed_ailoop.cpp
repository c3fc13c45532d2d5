// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command, which says in its last line on standard error when its main function began:
// main RANK SECONDS EPOCH, with seconds since its execution (see process_facts.hpp) and the date in seconds since 1970.
// The times that the run logs count from there; what the loader did before is in none of them.

#include <ailoop/command/launcher.hpp>
#include <ailoop/command/run_program.hpp>

#include "perf/process/process_facts.hpp"

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  const double since_exec_s = ailoop::perf::seconds_since_exec().value_or(0.0);
  const double epoch_s = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const int code = ailoop::run_program(argc, argv, ailoop::builtin_registries());
  std::fprintf(stderr, "main %d %.6f %.6f\n", ailoop::launcher().rank, since_exec_s, epoch_s);
  return code;
}
