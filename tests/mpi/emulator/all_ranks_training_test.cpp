// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/test/mpi.hpp>
#include <ailoop/test/scripted_problem.hpp>
#include <ailoop/training/gradient_trainer.hpp>
#if defined(AILOOP_HAVE_KOKKOS_KERNELS)
#include <ailoop/training/least_squares_trainer.hpp>
#include <ailoop/training/normal_sums.hpp>
#endif

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Training on all ranks: one model, bit by bit, whatever their number.

namespace ailoop {
namespace {

using MakeTrainer = std::function<std::unique_ptr<Trainer>(Surrogate&)>;

struct Case {
  std::string name;
  MakeTrainer make_trainer;
  std::int64_t block = SharedSamples::gradient_block;
  std::int64_t samples = 3001;
  ComponentScaling scaling = ComponentScaling::raw;
};

/// A model after retrainings by all ranks of a communicator: its arrays, with those of its optimizer, as a file.
class Trained {
 public:
  Trained(MPI_Comm original, const Case& of)
      : m_comm(original),
        m_placement(m_comm, drawing(of.samples), of.block),
        m_shared_truth(m_comm, m_problem, Precision::float64, OnFailure::skip) {
    m_surrogate =
        make_polynomial({.degree = 3, .precision = Precision::float64, .inputs = {of.scaling}, .outputs = {of.scaling}},
                        m_problem.facts());
    m_trainer = of.make_trainer(*m_surrogate);
    m_roles = assign_roles(std::vector<int>(as_size(m_comm.size()), 1), 4, 4);
    m_emulator = std::make_unique<Emulator>(
        EmulatorParts{m_comm, m_roles, m_problem, *m_gate, m_placement, m_shared_truth, *m_surrogate, m_trainer.get()},
        EmulatorSettings{});
  }

  /// Queries become known between retrainings, all of them on rank 0.
  RetrainingReport retrain() {
    const std::vector<double> x = m_comm.rank() == 0 ? std::vector<double>{0.31, 0.77, 0.5} : std::vector<double>();
    std::vector<double> y(x.size());
    m_emulator->truth({x.data(), std::ssize(x), 1}, {y.data(), std::ssize(x), 1});
    const RetrainingReport report = m_emulator->retrain();
    EXPECT_FALSE(m_emulator->has_failed());
    return report;
  }

  [[nodiscard]] std::map<std::string, std::vector<std::byte>> model() {
    SafetensorsFile file;
    SafetensorsWriter writer(file);
    show_parameters(*m_surrogate, writer);
    m_trainer->state(writer);
    std::map<std::string, std::vector<std::byte>> arrays;
    for (const auto& tensor : file.tensors) {
      arrays[tensor.name] = tensor.bytes;
    }
    return arrays;
  }

  test::ScriptedProblem& problem() { return m_problem; }
  Emulator& emulator() { return *m_emulator; }

 private:
  [[nodiscard]] Drawing drawing(std::int64_t samples) {
    m_problem.truth_of = [](double x, std::int64_t) { return std::exp(x); };
    m_problem.fails_at = [](double x) { return x > 0.2 && x < 0.3; };
    return {m_problem, Execution::calling_thread, Precision::float64, samples, 3, OnFailure::skip};
  }

  Communicator m_comm;
  test::ScriptedProblem m_problem;
  AllRanksPlacement m_placement;
  SharedTruth m_shared_truth;
  std::unique_ptr<Gate> m_gate = difference_entry().create()->make(m_problem.facts(), {.absolute = {0.1}});
  std::unique_ptr<LinearSurrogate> m_surrogate;
  std::unique_ptr<Trainer> m_trainer;
  RoleLayout m_roles;
  std::unique_ptr<Emulator> m_emulator;
};

MakeTrainer gradient(OptimizerSettings optimizer, std::int64_t batch_size, bool shuffle, Loss loss = Loss::smooth_l1) {
  return [=](Surrogate& surrogate) {
    const TrainingSettings settings{
        .engine = TrainingEngine::fused, .loss = loss, .batch_size = batch_size, .epochs = 3, .shuffle = shuffle};
    return std::make_unique<GradientTrainer>(optimizer, settings, TrainerContext{.seed = 3}, surrogate);
  };
}

std::vector<Case> cases() {
  std::vector<Case> all = {
      {"Adam, shuffled", gradient(AdamSettings{}, 1000, true)},
      {"Adam, batches of one block", gradient(AdamSettings{}, 32, true)},
      {"Adam, standardized", gradient(AdamSettings{}, 700, true), 256, 3001, ComponentScaling::standardized},
      {"gradient descent, in order", gradient(SgdSettings{.momentum = 0.5}, 100'000, false)},
      {"fewer samples than ranks", gradient(AdamSettings{}, 1000, true), 256, 2},
  };
#if defined(AILOOP_HAVE_KOKKOS_KERNELS)
  const MakeTrainer least_squares = [](Surrogate& surrogate) {
    return std::make_unique<LeastSquaresTrainer>(LeastSquaresSettings{}, TrainerContext{}, *surrogate.linear());
  };
  all.push_back({"least squares", least_squares, kernels::normal_block_points, 20'001});
  all.push_back({"least squares, standardized", least_squares, kernels::normal_block_points, 20'001,
                 ComponentScaling::standardized});
  all.push_back({"least squares, one block", least_squares, kernels::normal_block_points, 301});
#endif
  return all;
}

TEST(AllRanksTraining, GivesTheModelOfOneRank) {
  for (const Case& of : cases()) {
    SCOPED_TRACE(of.name);
    Trained together(MPI_COMM_WORLD, of);
    Trained alone(MPI_COMM_SELF, of);
    for (int i = 0; i < 2; ++i) {
      const RetrainingReport report = together.retrain();
      const RetrainingReport expected = alone.retrain();
      if (test::rank() == 0) {
        EXPECT_EQ(together.model(), alone.model());
        EXPECT_EQ(report.failed, expected.failed);
        EXPECT_EQ(report.training.samples, expected.training.samples);
        EXPECT_EQ(report.training.error_before, expected.training.error_before);
        EXPECT_EQ(report.training.last_loss, expected.training.last_loss);
        EXPECT_EQ(report.inconclusive, std::min<std::int64_t>(3, of.samples));
        if (of.samples > 100) {
          EXPECT_GT(report.failed, 0);
          EXPECT_LT(report.training.error_after, report.training.error_before);
        }
      }
    }
  }
}

/// A training that diverges is undone, and the next one begins where the model rank stands.
TEST(AllRanksTraining, GoesOnAfterOneThatWasUndone) {
  const Case of{"", gradient(AdamSettings{}, 1000, true, Loss::mse)};
  const auto run = [&](MPI_Comm comm) {
    Trained trained(comm, of);
    trained.retrain();
    trained.problem().truth_of = [](double x, std::int64_t) { return 1e200 * x; };  // whose square is infinite
    const bool has_diverged = trained.emulator().retrain().divergence.has_value();  // of no queries, which would stay
    EXPECT_EQ(has_diverged, trained.emulator().is_model_rank());
    trained.problem().truth_of = [](double x, std::int64_t) { return std::exp(x); };
    trained.retrain();
    return trained.model();
  };
  const auto together = run(MPI_COMM_WORLD);
  const auto alone = run(MPI_COMM_SELF);
  if (test::rank() == 0) {
    EXPECT_EQ(together, alone);
  }
}

#if defined(AILOOP_HAVE_KOKKOS_KERNELS)

/// Sums of numbers far from 1, and of features beyond single precision, are those of one rank to a few units.
TEST(AllRanksTraining, LeastSquaresKeepsNumbersOfEverySize) {
  struct Sizes {
    double x;
    double y;
    std::int64_t degree;
    Precision precision;
  };
  const Communicator self(MPI_COMM_SELF);
  for (const Sizes& sizes : {Sizes{1e-6, 1e-18, 3, Precision::float64}, Sizes{1e6, 1e18, 3, Precision::float64},
                             Sizes{100.0, 1.0, 20, Precision::float32}}) {
    constexpr std::int64_t n = 2 * kernels::normal_block_points + 3;
    Facts facts;
    facts.lower = {-sizes.x};
    facts.upper = {sizes.x};
    const auto surrogate = make_polynomial({.degree = sizes.degree, .precision = sizes.precision}, facts);
    SampleSet samples(sizes.precision, n, 1, 1);
    std::visit(
        [&]<class T>(const ArrayOf<T>& rows) {
          for (std::int64_t i = 0; i < n; ++i) {
            const double share = std::fmod(0.6180339887 * static_cast<double>(i + 1), 1.0);
            rows(i, 0) = static_cast<T>(sizes.x * (2.0 * share - 1.0));
            rows(i, 1) = static_cast<T>(sizes.y * std::exp(share));
          }
        },
        samples.rows());
    const auto sums_of = [&](const SharedSamples& of) {
      std::vector<double> sums(as_size(normal_layout(*surrogate).length()));
      add_up_normal_sums(*surrogate, Execution::calling_thread, of, sums);
      return sums;
    };
    const std::vector<double> expected = sums_of(samples);
    const std::vector<double> shared = sums_of({samples, self, n, kernels::normal_block_points});
    const kernels::NormalLayout layout = normal_layout(*surrogate);
    for (std::int64_t j = 0; j < layout.columns; ++j) {
      for (std::int64_t k = 0; k <= j; ++k) {  // odd products cancel: measured against the columns' lengths
        const double lengths = std::sqrt(expected[as_size(layout.gram(j, j))] * expected[as_size(layout.gram(k, k))]);
        const auto place = as_size(layout.gram(j, k));
        EXPECT_NEAR(shared[place], expected[place], 1e-14 * lengths) << sizes.x << " " << j << " " << k;
      }
    }
    const auto square = as_size(layout.square(0));
    EXPECT_NEAR(shared[square], expected[square], 1e-14 * expected[square]) << sizes.y;
    EXPECT_GT(shared[square], 0.0);
  }
}

#endif

TEST(AllRanksTraining, FailureOfOneRankIsKnownToAll) {
  for (int failing = 0; failing < test::size(); ++failing) {
    Trained trained(MPI_COMM_WORLD, {"", gradient(AdamSettings{}, 1000, true)});
    trained.problem().truth_of = [&](double x, std::int64_t) {
      if (test::rank() == failing) {
        throw DependencyError("the solver gave up");
      }
      return x;
    };
    trained.emulator().retrain();
    EXPECT_TRUE(trained.emulator().has_failed());
    EXPECT_EQ(trained.emulator().take_failure().has_value(), test::rank() == failing);
  }
}

}  // namespace
}  // namespace ailoop
