// Emulator::evaluate at points of the sine, all of which are accepted, against a loop written by hand and a bare
// Allreduce, all by turns in one start. Prints the seconds of each repetition, for the slowest rank.

#include <ailoop/kernels/execution.hpp>

#include "perf/baselines/hand_loop.hpp"
#include "perf/loop/loop_program.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Wanted {
  std::int64_t points = 1'000'000;
  int repetitions = 20;
};

/// Seconds of `work` on the slowest rank; few points are asked often.
template <class Work>
double time_of(MPI_Comm comm, int times, Work&& work) {
  MPI_Barrier(comm);
  const auto start = Clock::now();
  for (int i = 0; i < times; ++i) work();
  double seconds = std::chrono::duration<double>(Clock::now() - start).count() / times;
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, comm);
  return seconds;
}

nlohmann::json measure(const LoopWorld& world, const Wanted& wanted) {
  RepeatedLoop loop(world, {"problem.name=sine", "problem.terms=6", "loop.gate=certified", "loop.tolerance=10",
                            "surrogate.degree=5", "surrogate.basis=monomial"});
  Emulator& emulator = loop.assembly().emulator();
  const Facts& facts = emulator.problem().facts();
  const auto n = static_cast<std::size_t>(block_of(wanted.points, world.comm.size(), world.comm.rank()).size());
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double part = std::fmod(0.6180339887498949 * static_cast<double>(i + 1), 1.0);
    x[i] = facts.lower[0] + (facts.upper[0] - facts.lower[0]) * part;
  }
  std::vector<double> y(n);
  std::vector<Verdict> verdicts(n);
  std::vector<std::int8_t> by_hand(n);
  const std::array<float, 5> weights = {1.0F, 0.0F, -0.16F, 0.0F, 0.007F};
  const HandLoop hand{facts.lower[0], facts.upper[0], weights, 0.0F, 10.0};
  const auto points = static_cast<std::int64_t>(n);
  const int threads = concurrency(host_execution());
  MPI_Comm comm = world.comm.get();  // NOLINT(misc-const-correctness): the library's pointer
  const int times = static_cast<int>(std::clamp<std::int64_t>(100'000 / std::max<std::int64_t>(points, 1), 1, 2000));

  std::vector<double> evaluate_s;
  std::vector<double> hand_s;
  std::vector<double> copy_s;
  std::vector<double> allreduce_s;
  for (int i = -1; i < wanted.repetitions; ++i) {
    const double by_evaluate = time_of(comm, times, [&] {
      const EvaluationReport report = emulator.evaluate({x.data(), points, 1}, {y.data(), points, 1}, verdicts);
      AILOOP_REQUIRE(report.by_surrogate == wanted.points, "every point is accepted");
    });
    const double by_loop = time_of(comm, times, [&] {
      const std::int64_t accepted =
          hand(points < kernels::worth_threads ? 1 : threads, points, x.data(), y.data(), by_hand.data());
      AILOOP_REQUIRE(accepted == points, "every point is accepted");
    });
    const double by_copy = time_of(comm, times, [&] { std::ranges::copy(x, y.begin()); });
    const double by_allreduce = time_of(comm, 10 * times, [&] {
      std::array<std::int64_t, 3> counts = {1, 2, 3};
      MPI_Allreduce(MPI_IN_PLACE, counts.data(), 3, MPI_INT64_T, MPI_SUM, comm);
    });
    if (i >= 0) {
      evaluate_s.push_back(by_evaluate);
      hand_s.push_back(by_loop);
      copy_s.push_back(by_copy);
      allreduce_s.push_back(by_allreduce);
    }
  }
  return {{"points", wanted.points}, {"threads", threads}, {"evaluate_s", evaluate_s},
          {"hand_s", hand_s},        {"copy_s", copy_s},   {"allreduce_s", allreduce_s}};
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Wanted wanted;
  return run_loop_program(
      argc, argv, "evaluate_times",
      [&](CLI::App& app) {
        app.add_option("--points", wanted.points, "of all ranks together")->check(CLI::NonNegativeNumber);
        app.add_option("--repetitions", wanted.repetitions, "of each kind")->check(CLI::Range(1, 10'000));
      },
      [&](const LoopWorld& world) { return measure(world, wanted); });
}
