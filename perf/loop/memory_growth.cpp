// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each rank has written to: before the loop exists, with it, and after its retrainings. A line of JSON a rank.

#include "loop_program.hpp"
#include "perf/process/process_facts.hpp"
#include <fmt/format.h>

#include <cstdio>

namespace ailoop::perf {
namespace {

nlohmann::json measure(const LoopWorld& world, std::int64_t retrainings) {
  MPI_Barrier(world.comm.get());
  const PrivateMemory started = private_memory();
  const std::string n = std::to_string(retrainings);
  RepeatedLoop loop(world, {"loop.tolerance=1e-300", "loop.accepted=1", "loop.on_exhausted=stop",
                            "limits.retrainings=" + n, "limits.retrainings_per_query=" + n});
  const PrivateMemory assembled = private_memory();
  RetrainingTimes times;
  static_cast<void>(loop.run({&times}));
  const nlohmann::json of_rank = {{"rank", world.comm.rank()},
                                  {"samples", loop.settings().sampling.samples(world.comm.size())},
                                  {"started_kib", started.dirty_kib},
                                  {"assembled_kib", assembled.dirty_kib},
                                  {"retrained_kib", private_memory().dirty_kib}};
  // the model rank's line is the program's
  if (!world.is_model_rank()) {
    fmt::print("{}\n", of_rank.dump());
    std::fflush(stdout);
  }
  return of_rank;
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  std::int64_t retrainings = 2;
  return run_loop_program(
      argc, argv, "memory_growth",
      [&](CLI::App& app) {
        app.add_option("--retrainings", retrainings, "retrainings, of which the first one may allocate more")
            ->check(CLI::Range(1, 100'000));
      },
      [&](const LoopWorld& world) { return measure(world, retrainings); });
}
