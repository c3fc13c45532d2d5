// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Retrainings of the real loop in blocks, alternating with blocks of bare collectives that gather as many samples, and
// of the same training steps written directly against LibTorch. Prints the median of each block.

#include "loop_program.hpp"
#include "perf/baselines/bare_collectives.hpp"
#include "perf/process/duration_summary.hpp"
#include "perf/training/bare_torch.hpp"

#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Blocks {
  std::int64_t count = 11;
  std::int64_t retrainings = 20;
  std::int64_t batch_size = 32;  ///< of the bare steps
  bool without_steps = false;
};

/// Ranks that have nothing to do sleep: the machine belongs to the others.
void wait_asleep(MPI_Comm comm) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(comm, &request);
  for (int done = 0; done == 0;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

template <class Work>
double median_of_block(std::int64_t count, Work&& work) {
  DurationSummary durations(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto start = Clock::now();
    work();
    durations.add(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return durations.quantile(0.5);
}

/// The steps of one retraining on numbers that are there already; on the model rank.
class BareSteps {
 public:
  BareSteps(std::int64_t samples, std::int64_t batch_size)
      : m_batch_size(batch_size), m_rows(n_features), m_model(n_features) {
    for (std::int64_t i = 0; i < samples; ++i) {
      const float x = -3.0F + 6.0F * static_cast<float>(i) / static_cast<float>(samples);
      m_rows.add(x, std::sin(x));
    }
  }

  void train() { m_model.train(m_rows, m_batch_size); }

 private:
  static constexpr std::int64_t n_features = 6;
  std::int64_t m_batch_size;
  MonomialRows m_rows;
  BareTorch m_model;
};

nlohmann::json measure(const LoopWorld& world, const Blocks& blocks) {
  const std::string n = std::to_string(blocks.retrainings);
  RepeatedLoop loop(world, {"loop.tolerance=1e-300", "loop.accepted=1", "loop.on_exhausted=stop",
                            "limits.retrainings=" + n, "limits.retrainings_per_query=" + n});
  const std::int64_t samples = loop.settings().sampling.samples(world.comm.size());
  constexpr int decision_bytes = 4 * sizeof(std::int64_t);
  constexpr int row_bytes = 2 * sizeof(float);
  MPI_Comm comm = world.comm.get();  // NOLINT(misc-const-correctness): the library's pointer
  BareRetraining bare(comm, decision_bytes, static_cast<int>(samples), row_bytes);
  std::optional<BareSteps> steps;
  if (world.is_model_rank() && !blocks.without_steps) {
    steps.emplace(samples, blocks.batch_size);
  }

  std::vector<double> gatherv_s;
  std::vector<double> steps_s;
  std::vector<double> exchange_s;
  std::vector<double> train_s;
  for (std::int64_t block = -1; block < blocks.count; ++block) {
    if (block == 0) {  // the first one was for warming up
      for (std::vector<double>* list : {&gatherv_s, &steps_s, &exchange_s, &train_s}) {
        list->clear();
      }
    }
    MPI_Barrier(comm);
    gatherv_s.push_back(median_of_block(blocks.retrainings, [&] { bare.gather(); }));
    if (steps) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until the others sleep
      steps_s.push_back(median_of_block(blocks.retrainings, [&] { steps->train(); }));
    }
    wait_asleep(comm);
    RetrainingTimes times;
    static_cast<void>(loop.run({&times}));
    exchange_s.push_back(median(times.exchange_s));
    train_s.push_back(median(times.train_s));
  }
  return {{"samples", samples},
          {"gatherv_bcast_s", gatherv_s},
          {"bare_steps_s", steps_s},
          {"exchange_s", exchange_s},
          {"train_s", train_s}};
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  using namespace ailoop::perf;  // NOLINT(google-build-using-namespace)
  Blocks blocks;
  return run_loop_program(
      argc, argv, "retraining_latency",
      [&](CLI::App& app) {
        app.add_option("--blocks", blocks.count, "blocks of each kind")->check(CLI::Range(1, 100'000));
        app.add_option("--retrainings", blocks.retrainings, "retrainings in a block")->check(CLI::Range(1, 100'000));
        app.add_flag("--without-steps", blocks.without_steps, "leaves the steps in bare LibTorch out");
      },
      [&](const LoopWorld& world) { return measure(world, blocks); });
}
