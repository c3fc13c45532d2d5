// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What large batches cost where this build computes them, on its device or, without one, on the host's threads: a copy,
// drawing, predictions, evaluate, least squares, and beside them a check of one query, which is always the host's.
// Prints the seconds of each repetition as JSON.

#include <ailoop/core/array.hpp>
#include <ailoop/emulator.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/problem/uniform_points.hpp>
#include <ailoop/sampling/sampler.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

#include <CLI/CLI.hpp>
#include <mpi.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Wanted {
  std::string config;
  std::int64_t points = 100'000'000;  ///< of a copy, drawing and predictions
  std::int64_t queries = 10'000'000;  ///< of a call of evaluate
  std::int64_t samples = 10'000'000;  ///< of a fit
  int repetitions = 10;
};

/// Where batches are computed.
Execution place() { return has_device() ? Execution::device : Execution::host_threads; }

/// Until all that was started is done.
void wait_for(const Array& numbers) {
  double first = 0.0;
  copy(numbers.part({0, 1}), Array{&first, 1, numbers.cols});
}

class Times {
 public:
  explicit Times(int repetitions) : m_repetitions(repetitions) {}

  /// \param[in] result what is there at the end
  template <class Work>
  void measure(const std::string& what, const Array& result, const Work& work) {
    work();  // touches memory and makes what is kept
    wait_for(result);
    for (int i = 0; i < m_repetitions; ++i) {
      const auto start = Clock::now();
      work();
      wait_for(result);
      m_seconds[what + "_s"].push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
  }

  [[nodiscard]] const std::map<std::string, std::vector<double>>& seconds() const { return m_seconds; }

 private:
  int m_repetitions;
  std::map<std::string, std::vector<double>> m_seconds;
};

void measure_kernels(const Wanted& wanted, Times& times) {
  const SineProblem problem({.terms = 4});
  const Memory where = memory_of(place());
  const OwnedRows<double> x(wanted.points, 1, where);
  const OwnedRows<double> y(wanted.points, 1, where);
  const PointStream stream{.seed = 42, .purpose = kernels::Purpose::query};
  times.measure("draw", x.rows(), [&] { draw_uniform(place(), problem.facts(), stream, 0, x.rows()); });
  times.measure("copy", y.rows(), [&] { copy(x.rows(), y.rows()); });
  const auto surrogate = make_polynomial({}, problem.facts());
  times.measure("predict", y.rows(), [&] { surrogate->predict(place(), x.rows(), y.rows()); });
  times.measure("approximate", y.rows(), [&] { problem.approximation_sum(place(), x.rows(), y.rows()); });
}

void measure_evaluate(const Wanted& wanted, Times& times) {
  // a tolerance that every answer keeps, so that nothing is trained
  ConfiguredEmulator emulator(MPI_COMM_WORLD, wanted.config, builtin_registries(),
                              {"loop.tolerance=10", "surrogate.initial=null"});
  const auto ask = [&](const std::string& what, std::int64_t n, Execution execution) {
    const Memory where = memory_of(execution);
    const OwnedRows<double> x(n, 1, where);
    const OwnedRows<double> y(n, 1, where);
    const OwnedRows<Verdict> verdicts(n, 1, where);
    draw_uniform(execution, emulator.problem().facts(), {.seed = 7}, 0, x.rows());
    times.measure(what, y.rows(), [&] {
      const EvaluationReport report = emulator.evaluate(x.rows(), y.rows(), {verdicts.rows().data, as_size(n)});
      AILOOP_REQUIRE(report.by_surrogate == n, "device_times: every answer is the surrogate's");
    });
  };
  ask("evaluate", wanted.queries, place());
  ask("check_of_one", 1, Execution::calling_thread);
}

void measure_least_squares(const Wanted& wanted, Times& times) {
  const SineProblem problem({.terms = 4});
  const auto surrogate = make_polynomial({}, problem.facts());
  LeastSquaresTrainer trainer({}, {place(), 42}, *surrogate);
  SampleSet samples(surrogate->precision(), wanted.samples, 1, 1, memory_of(place()));
  Sampler sampler(problem, place(), wanted.samples, 42, OnFailure::stop);
  const OwnedRows<double> nothing(1, 1, memory_of(place()));
  const auto draw = [&] { sampler.draw(0, wanted.samples, samples); };
  times.measure("sample", nothing.rows(), draw);
  times.measure("least_squares", nothing.rows(), [&] { static_cast<void>(trainer.fit(samples)); });
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop;        // NOLINT(google-build-using-namespace)
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  MPI_Init(&argc, &argv);
  {
    const KokkosSession kokkos(argc, argv, {});
    Wanted wanted;
    CLI::App app("device_times");
    app.add_option("config", wanted.config, "of the emulator, with one input and one output")->required();
    app.add_option("--points", wanted.points, "of a copy, drawing and predictions");
    app.add_option("--queries", wanted.queries, "of a call of evaluate");
    app.add_option("--samples", wanted.samples, "of a fit");
    app.add_option("--repetitions", wanted.repetitions, "of each kind");
    CLI11_PARSE(app, argc, argv);
    Times times(wanted.repetitions);
    measure_kernels(wanted, times);
    measure_evaluate(wanted, times);
    measure_least_squares(wanted, times);
    nlohmann::json out = times.seconds();
    out["place"] = std::string(name(place()));
    out["threads"] = concurrency(Execution::host_threads);
    out["points"] = wanted.points;
    out["queries"] = wanted.queries;
    out["samples"] = wanted.samples;
    std::cout << out << '\n';
  }
  MPI_Finalize();
}
