// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a configuration with one seed after another, all in one start on all ranks, each from the initial model, and
// prints what the loop, a check and a retraining took. The first run is told apart: training may load LibTorch in it.

#include <ailoop/output/answers_file.hpp>
#include <ailoop/output/event_log.hpp>

#include "loop_program.hpp"

#include <filesystem>
#include <numeric>
#include <optional>

namespace ailoop::perf {
namespace {

struct Seeds {
  std::int64_t count = 200;
  std::int64_t first = 1;
  std::string folder;
};

/// What the command writes during a loop.
struct Files {
  Files(const std::filesystem::path& folder, RepeatedLoop& loop)
      : events(folder / "run.jsonl", RunStart{}), answers(folder / "answers.csv", loop.assembly().problem().facts()) {}

  EventLog events;
  AnswersFile answers;
};

Outcome run_of(const LoopWorld& world, const Seeds& seeds, std::int64_t seed, RetrainingTimes& times) {
  RepeatedLoop loop(world, {"seed=" + std::to_string(seed)});
  std::optional<Files> files;
  std::vector<RunObserver*> observers = {&times};
  if (world.is_model_rank() && !seeds.folder.empty()) {
    files.emplace(seeds.folder, loop);
    observers.insert(observers.end(), {&files->answers, &files->events});
  }
  return loop.run(observers);
}

nlohmann::json measure(const LoopWorld& world, const Seeds& seeds) {
  RetrainingTimes first_times;
  const Outcome first = run_of(world, seeds, seeds.first, first_times);
  RetrainingTimes times;
  std::vector<double> loop_s;
  std::vector<double> check_s;
  std::int64_t steps = 0;
  for (std::int64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const Outcome outcome = run_of(world, seeds, seed, times);
    loop_s.push_back(outcome.loop_s);
    check_s.push_back(outcome.check_s.quantile(0.5));
    steps += outcome.tally.retrainings;
  }
  return {{"seeds", seeds.count},
          {"first_loop_s", first.loop_s},
          {"first_training_s", first_times.train_s.empty() ? 0.0 : first_times.train_s.front()},
          {"loop_mean_s", std::accumulate(loop_s.begin(), loop_s.end(), 0.0) / static_cast<double>(seeds.count)},
          {"loop_median_s", median(loop_s)},
          {"check_median_s", median(check_s)},
          {"retrainings", static_cast<double>(steps) / static_cast<double>(seeds.count)},
          {"retraining_exchange_median_s", median(times.exchange_s)},
          {"retraining_train_median_s", median(times.train_s)}};
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Seeds seeds;
  return run_loop_program(
      argc, argv, "loop_times",
      [&](CLI::App& app) {
        app.add_option("--seeds", seeds.count, "number of runs")->check(CLI::Range(1, 1'000'000));
        app.add_option("--first-seed", seeds.first, "seed of the first run");
        app.add_option("--output", seeds.folder, "existing folder for run.jsonl and answers.csv; none: no files");
      },
      [&](const LoopWorld& world) { return measure(world, seeds); });
}
