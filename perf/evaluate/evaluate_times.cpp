// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Emulator::evaluate at points all of which are accepted, against a loop without ailoop's, and beside it drawing the
// points, a copy of them and a bare Allreduce, all by turns in one start. Prints the seconds of each repetition, for
// the slowest rank.

#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/kepler_problem.hpp>

#include "own_problem_without_main.inc"
#include "perf/baselines/hand_loop.hpp"
#include "perf/baselines/point_loop.hpp"
#include "perf/loop/loop_program.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Wanted {
  std::int64_t points = 1'000'000;
  int repetitions = 20;
  std::int64_t audit = 0;
};

constexpr double tolerance = 10.0;  // accepts everything

/// What is asked on this rank, and room for what is answered.
struct Points {
  Points(const Facts& facts, std::int64_t count)
      : n(count),
        dimension(facts.dimension),
        x(as_size(n * dimension)),
        y(as_size(n)),
        verdicts(as_size(n)),
        by_hand(as_size(n)) {}

  std::int64_t n, dimension;
  std::vector<double> x, y;
  std::vector<Verdict> verdicts;
  std::vector<std::int8_t> by_hand;
};

/// The same without ailoop's loop: how many it accepts.
using LoopByHand = std::function<std::int64_t(int threads, Points& points)>;

template <int Inputs, class Problem>
LoopByHand loop_by_points(const Emulator& emulator, const Problem& problem) {
  const PointLoop<Inputs, Problem> loop{problem, problem.facts().shares, tolerance};
  return [loop, &surrogate = emulator.surrogate()](int threads, Points& points) {
    surrogate.predict(execution_for(points.n), {points.x.data(), points.n, Inputs}, {points.y.data(), points.n, 1});
    return loop(threads, points.n, points.x.data(), points.y.data(), points.by_hand.data());
  };
}

/// For the problem of the configuration, whose settings are the defaults.
LoopByHand loop_by_hand(const std::string& problem, const Emulator& emulator) {
  if (problem == "kepler") {
    return loop_by_points<2>(emulator, Kepler{});
  }
  if (problem == "pendulum") {
    return loop_by_points<1>(emulator, Pendulum{});
  }
  static constexpr std::array<float, 5> weights = {1.0F, 0.0F, -0.16F, 0.0F, 0.007F};
  const Facts& facts = emulator.problem().facts();
  return [loop = HandLoop{facts.lower[0], facts.upper[0], weights, 0.0F, tolerance}](int threads, Points& points) {
    return loop(threads, points.n, points.x.data(), points.y.data(), points.by_hand.data());
  };
}

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
  std::vector<std::string> overrides = {"loop.gate=certified", fmt::format("loop.tolerance={}", tolerance)};
  RepeatedLoop loop(world, overrides);
  Emulator& emulator = loop.assembly().emulator();
  std::optional<RepeatedLoop> audited_loop;
  if (wanted.audit > 0) {
    overrides.push_back(fmt::format("loop.audit={}", wanted.audit));
    audited_loop.emplace(world, overrides);
  }
  Points points(emulator.problem().facts(), block_of(wanted.points, world.comm.size(), world.comm.rank()).size());
  const LoopByHand by_hand = loop_by_hand(loop.settings().problem.name, emulator);
  const int threads = concurrency(Execution::host_threads);
  MPI_Comm comm = world.comm.get();  // NOLINT(misc-const-correctness): the library's pointer
  const QuerySource& source = *loop.queries().source;
  const auto draw = [&] { source.queries(0, {points.x.data(), points.n, points.dimension}); };
  draw();
  const int times = static_cast<int>(std::clamp<std::int64_t>(100'000 / std::max<std::int64_t>(points.n, 1), 1, 2000));

  const auto evaluate = [&](Emulator& by) {
    const EvaluationReport report =
        by.evaluate({points.x.data(), points.n, points.dimension}, {points.y.data(), points.n, 1}, points.verdicts);
    AILOOP_REQUIRE(report.by_surrogate == wanted.points && report.beyond == 0, "every point is accepted");
  };
  std::vector<PointStatus> statuses(as_size(points.n));
  const auto truths = [&](std::int64_t n) {
    compute_truth(emulator.problem(), {execution_for(n), {}}, Precision::float64, OnFailure::stop,
                  {points.x.data(), n, points.dimension}, {points.y.data(), n, 1}, {statuses.data(), n});
  };
  const auto allreduce = [&] {
    std::array<std::int64_t, 3> counts = {1, 2, 3};
    MPI_Allreduce(MPI_IN_PLACE, counts.data(), 3, MPI_INT64_T, MPI_SUM, comm);
  };

  std::map<std::string, std::vector<double>> seconds;
  for (int i = -1; i < wanted.repetitions; ++i) {
    const auto keep = [&](const std::string& what, double each) {
      if (i >= 0) {
        seconds[what + "_s"].push_back(each);
      }
    };
    const double evaluate_s = time_of(comm, times, [&] { evaluate(emulator); });
    keep("evaluate", evaluate_s);
    if (audited_loop) {
      // what it adds, beside the truths alone
      keep("audit", time_of(comm, times, [&] { evaluate(audited_loop->assembly().emulator()); }) - evaluate_s);
      keep("audited_truths", time_of(comm, times, [&] {
             truths(points.n / wanted.audit);
             allreduce();
           }));
    }
    keep("hand", time_of(comm, times, [&] {
           const std::int64_t accepted = by_hand(points.n < worth_threads ? 1 : threads, points);
           AILOOP_REQUIRE(accepted == points.n, "every point is accepted");
         }));
    keep("draw", time_of(comm, times, draw));
    keep("copy", time_of(comm, times, [&] { std::copy_n(points.x.begin(), points.n, points.y.begin()); }));
    keep("allreduce", time_of(comm, 10 * times, allreduce));
  }
  nlohmann::json out = seconds;
  out["points"] = wanted.points;
  out["threads"] = threads;
  return out;
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Wanted wanted;
  ailoop::Registries registries = ailoop::builtin_registries();
  registries.problems.add(ailoop::problem_entry<Pendulum>("pendulum", "period of a pendulum [s] by its amplitude"));
  return run_loop_program(
      argc, argv, "evaluate_times",
      [&](CLI::App& app) {
        app.add_option("--points", wanted.points, "of all ranks together")->check(CLI::NonNegativeNumber);
        app.add_option("--audit", wanted.audit, "1 of so many answers is audited, by another emulator")
            ->check(CLI::NonNegativeNumber);
        app.add_option("--repetitions", wanted.repetitions, "of each kind")->check(CLI::Range(1, 10'000));
      },
      [&](const LoopWorld& world) { return measure(world, wanted); }, registries);
}
