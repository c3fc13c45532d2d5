// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A simulation that calls an emulator with kinds that fail: faulty_simulation CONFIG FOLDER [KEY=VALUE]...
// FOLDER gets the records, the state of the emulator and the time step, with which the next start goes on.
#include <ailoop/app/configured_emulator.hpp>
#include <ailoop/command/exit_code.hpp>
#include <ailoop/parallel/agreement.hpp>

#include "faulty_kinds.hpp"
#include <Kokkos_Core.hpp>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr int steps = 5;
constexpr std::int64_t points = 7;  // of all ranks, in each step

/// The points of this rank, which spread over the domain from step to step.
std::vector<double> points_of(int step, ailoop::IndexRange mine) {
  std::vector<double> x;
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    const double place = 0.618 * static_cast<double>(step * points + i + 1);
    x.push_back(std::numbers::pi * (2.0 * (place - std::floor(place)) - 1.0));
  }
  return x;
}

void simulate(const fs::path& config, const fs::path& folder, std::vector<std::string> overrides,
              const ailoop::Communicator& world) {
  overrides.push_back("output.directory=" + folder.string());
  ailoop::ConfiguredEmulator emulator(world.get(), config, ailoop::test::faulty_registries(), overrides);
  const ailoop::IndexRange mine = ailoop::block_of(points, world.size(), world.rank());
  std::vector<double> y(static_cast<std::size_t>(mine.size()));
  std::vector<ailoop::Verdict> verdicts(y.size());
  int step = 0;
  if (std::ifstream saved(folder / "step"); saved >> step) {
    if (world.rank() == 0) {
      std::fprintf(stderr, "resuming in step %d\n", step);
    }
    emulator.resume(folder);
  }
  for (; step < steps; ++step) {
    emulator.save(folder);
    if (world.rank() == 0) {
      std::ofstream(folder / "step") << step << '\n';
    }
    const std::vector<double> x = points_of(step, mine);
    static_cast<void>(emulator.evaluate({x.data(), mine.size(), 1}, {y.data(), mine.size(), 1}, verdicts));
  }
  emulator.finish();
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that cannot grow is an error of its write
  int code = 0;
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
    const ailoop::Communicator world(MPI_COMM_WORLD);
    try {
      simulate(argv[1], argv[2], {argv + 3, argv + argc}, world);
    } catch (const ailoop::AgreedError& error) {
      if (world.rank() == 0) {
        std::fprintf(stderr, "ailoop: error: %s\n", error.what());
      }
      code = ailoop::exit_code_of(error.kind());
    }
  }
  MPI_Finalize();
  return code;
}
