// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/placement.hpp>

#include <ailoop/parallel/agreement.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/test/mpi.hpp>
#include <ailoop/test/scripted_problem.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <thread>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

/// The samples of one draw on one rank: what every world must reproduce.
template <class T>
std::vector<T> alone(const Problem& problem, std::int64_t samples, std::int64_t first_sample, std::uint64_t seed) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  ModelRankPlacement sampler(self, messenger, {problem, Execution::calling_thread, precision_of<T>, samples, seed});
  sampler.draw(first_sample);
  const auto& rows = std::get<ArrayOf<T>>(sampler.drawn().rows());
  return {rows.data, rows.data + rows.size()};
}

template <class T>
void expect_same_in_every_world(std::int64_t samples) {
  const SineProblem problem({.terms = 4});
  const Communicator world(MPI_COMM_WORLD);
  Messenger messenger(world, 0, Waiting::back_off, true);
  ModelRankPlacement sampler(world, messenger, {problem, Execution::host_threads, precision_of<T>, samples, 42});
  for (const std::int64_t first_sample : {std::int64_t{0}, std::int64_t{1000}}) {
    sampler.draw(first_sample);
    const std::vector<T> expected = alone<T>(problem, samples, first_sample, 42);
    const auto& rows = std::get<ArrayOf<T>>(sampler.drawn().rows());
    const IndexRange mine = world.rank() == 0 ? IndexRange{0, samples} : block_of(samples, world.size(), world.rank());
    ASSERT_EQ(rows.rows, mine.size());
    for (std::int64_t i = 0; i < mine.size(); ++i) {
      EXPECT_EQ(rows(i, 0), expected[static_cast<std::size_t>(2 * (mine.first + i))]);
      EXPECT_EQ(rows(i, 1), expected[static_cast<std::size_t>(2 * (mine.first + i) + 1)]);
    }
  }
}

TEST(ModelRankPlacement, DrawsTheSameSamplesInEveryWorldInSinglePrecision) { expect_same_in_every_world<float>(101); }
TEST(ModelRankPlacement, DrawsTheSameSamplesInEveryWorldInDoublePrecision) { expect_same_in_every_world<double>(101); }

TEST(ModelRankPlacement, RankZeroAloneDrawsTheSameSamples) {
  const SineProblem problem({.terms = 4});
  const Communicator world(MPI_COMM_WORLD);
  for (const std::int64_t samples : {std::int64_t{1}, std::int64_t{7}, std::int64_t{101}}) {
    Messenger messenger(world, 0, Waiting::back_off, true);
    ModelRankPlacement sampler(world, messenger, {problem, Execution::host_threads, Precision::float32, samples, 42});
    if (world.rank() != 0) {
      EXPECT_THROW(sampler.draw(0, true), UsageError);
      continue;
    }
    sampler.draw(1000, true);
    const auto& rows = std::get<ArrayOf<float>>(sampler.drawn().rows());
    EXPECT_THAT(std::vector<float>(rows.data, rows.data + rows.size()),
                ::testing::ElementsAreArray(alone<float>(problem, samples, 1000, 42)));
  }
}

/// What rank 0 knows of the costs of a draw.
struct Known {
  bool at_first = false;               ///< what drawing alone costs, before anything was drawn
  bool prefers_to_draw_alone = false;  ///< when all have drawn
};

Known known_of(const Problem& problem, DrawnBy drawn_by) {
  const Communicator world(MPI_COMM_WORLD);
  const std::int64_t samples = std::int64_t{8} * world.size();
  Messenger messenger(world, 0, Waiting::back_off, false);
  ModelRankPlacement sampler(world, messenger,
                             {problem, Execution::calling_thread, Precision::float64, samples, 1, OnFailure::stop},
                             drawn_by);
  sampler.measure();
  const bool at_first = std::isfinite(sampler.costs().alone_s);
  EXPECT_FALSE(!at_first && sampler.prefers_to_draw_alone());
  for (int i = 0; i < 5; ++i) {  // the least that was seen counts: a draw may meet a slow moment
    sampler.draw(0);
  }
  return {at_first, sampler.prefers_to_draw_alone()};
}

/// Its truth takes long on rank 0, or on all others: there rank 0 waits for what it could draw at once.
struct SlowSomewhere : test::ScriptedProblem {
  explicit SlowSomewhere(bool on_rank_zero) {
    truth_of = [is_slow = (test::rank() == 0) == on_rank_zero](double x, std::int64_t /*sample*/) {
      if (is_slow) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      return x;
    };
  }
};

TEST(ModelRankPlacement, RankZeroDrawsAloneWhereTheTruthIsCheaperThanMessages) {
  const SineProblem free({.terms = 4});
  const Known of_free = known_of(free, DrawnBy::automatic);
  const Known of_cheap = known_of(SlowSomewhere(false), DrawnBy::automatic);
  const Known of_expensive = known_of(SlowSomewhere(true), DrawnBy::automatic);
  if (test::rank() == 0 && test::size() > 1) {
    EXPECT_TRUE(of_free.at_first);
    EXPECT_FALSE(of_cheap.at_first) << "that it is cheap is not known before it was drawn once";
    EXPECT_TRUE(of_cheap.prefers_to_draw_alone);
    EXPECT_FALSE(of_expensive.prefers_to_draw_alone);
  }
  EXPECT_FALSE(known_of(free, DrawnBy::all).prefers_to_draw_alone);
}

TEST(ModelRankPlacement, WorksWithFewerSamplesThanRanks) { expect_same_in_every_world<float>(1); }

TEST(ModelRankPlacement, SamplesAreTheTruthAtPointsOfTheBox) {
  const SineProblem problem({.terms = 4});
  const Communicator world(MPI_COMM_WORLD);
  Messenger messenger(world, 0, Waiting::back_off, true);
  ModelRankPlacement sampler(world, messenger, {problem, Execution::host_threads, Precision::float32, 1000, 5});
  sampler.draw(0);
  const auto& rows = std::get<ArrayOf<float>>(sampler.drawn().rows());
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    EXPECT_GE(static_cast<double>(rows(i, 0)), -std::numbers::pi);
    EXPECT_LT(static_cast<double>(rows(i, 0)), std::numbers::pi);
    EXPECT_EQ(rows(i, 1), static_cast<float>(std::sin(static_cast<double>(rows(i, 0)))));
  }
}

TEST(ModelRankPlacement, LaterDrawsAreNewSamples) {
  const SineProblem problem({.terms = 4});
  EXPECT_NE(alone<float>(problem, 10, 0, 42), alone<float>(problem, 10, 10, 42));
  EXPECT_NE(alone<float>(problem, 10, 0, 42), alone<float>(problem, 10, 0, 43));
}

TEST(ModelRankPlacement, TruthThatThrowsOnOneRankIsKnownThereAndOnRankZero) {
  const Communicator world(MPI_COMM_WORLD);
  for (int failing = 0; failing < world.size(); ++failing) {
    test::ScriptedProblem problem;
    problem.truth_of = [&](double x, std::int64_t /*sample*/) {
      if (world.rank() == failing) {
        throw DependencyError("the solver gave up");
      }
      return x;
    };
    Messenger messenger(world, 0, Waiting::back_off, true);
    ModelRankPlacement sampler(world, messenger, {problem, Execution::host_threads, Precision::float64, 40, 1});
    const bool knows = world.rank() == 0 || world.rank() == failing;
    EXPECT_EQ(sampler.draw(0), !knows);
    EXPECT_EQ(sampler.failure().has_value(), world.rank() == failing);
    if (sampler.failure()) {
      EXPECT_EQ(sampler.failure()->kind, ErrorKind::dependency);
      EXPECT_EQ(sampler.failure()->message, "sampling: the solver gave up");
    }
    problem.truth_of = [](double x, std::int64_t /*sample*/) { return x; };
    EXPECT_TRUE(sampler.draw(40)) << "the next draw is another one";
  }
}

TEST(ModelRankPlacement, TruthThatIsNotFiniteIsANumericalFailureThatNamesTheSample) {
  const Communicator world(MPI_COMM_WORLD);
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    test::ScriptedProblem problem;
    problem.truth_of = [&](double x, std::int64_t sample) { return sample == 133 ? bad : x; };
    Messenger messenger(world, 0, Waiting::back_off, true);
    ModelRankPlacement sampler(world, messenger, {problem, Execution::host_threads, Precision::float32, 40, 1});
    EXPECT_TRUE(sampler.draw(0));
    const IndexRange mine = block_of(40, world.size(), world.rank());
    const bool draws_it = mine.first <= 33 && 33 < mine.last;
    EXPECT_EQ(sampler.draw(100), !draws_it && world.rank() != 0);
    ASSERT_EQ(sampler.failure().has_value(), draws_it);
    if (draws_it) {
      EXPECT_EQ(sampler.failure()->kind, ErrorKind::numerical);
      EXPECT_THAT(sampler.failure()->message, ::testing::HasSubstr("sample 133"));
    }
  }
}

TEST(ModelRankPlacement, RankZeroAloneLeavesOutTheSameSamplesAndHasRoomAgain) {
  const Communicator world(MPI_COMM_WORLD);
  test::ScriptedProblem problem;
  problem.fails_at = [](double x) { return x < 0.3; };
  Messenger messenger(world, 0, Waiting::back_off, true);
  ModelRankPlacement together(world, messenger,
                              {problem, Execution::host_threads, Precision::float64, 41, 1, OnFailure::skip});
  ModelRankPlacement by_itself(world, messenger,
                               {problem, Execution::host_threads, Precision::float64, 41, 1, OnFailure::skip});
  for (const std::int64_t first_sample : {0, 41, 82}) {
    together.draw(first_sample);
    if (world.rank() == 0) {
      ASSERT_TRUE(by_itself.draw(first_sample, true));
      ASSERT_LT(by_itself.drawn().count(), 41);
      ASSERT_EQ(by_itself.drawn().count(), together.drawn().count());
      const auto& expected = std::get<ArrayOf<double>>(together.drawn().rows());
      const auto& found = std::get<ArrayOf<double>>(by_itself.drawn().rows());
      for (std::int64_t i = 0; i < together.drawn().count(); ++i) {
        EXPECT_EQ(found(i, 0), expected(i, 0));
        EXPECT_EQ(found(i, 1), expected(i, 1));
      }
    }
  }
}

TEST(ModelRankPlacement, LeavesOutSamplesWhoseTruthFailsWhoeverDrawsThem) {
  const auto drawn = [](MPI_Comm original) {
    const Communicator comm(original);
    test::ScriptedProblem problem;
    problem.fails_at = [](double x) { return x < 0.3; };
    problem.truth_of = [](double x, std::int64_t sample) { return sample == 17 ? std::nan("") : x; };
    Messenger messenger(comm, 0, Waiting::back_off, true);
    ModelRankPlacement sampler(comm, messenger,
                               {problem, Execution::host_threads, Precision::float64, 40, 1, OnFailure::skip});
    sampler.draw(0);
    std::vector<double> kept;
    const auto& rows = std::get<ArrayOf<double>>(sampler.drawn().rows());
    for (std::int64_t i = 0; i < sampler.drawn().count(); ++i) {
      EXPECT_GE(rows(i, 0), 0.3);
      EXPECT_EQ(rows(i, 0), rows(i, 1));
      kept.push_back(rows(i, 0));
    }
    sampler.draw(40);
    EXPECT_GT(sampler.drawn().count(), 0) << "the next draw has room again";
    return comm.rank() == 0 ? kept : std::vector<double>();
  };
  const auto together = drawn(MPI_COMM_WORLD);
  const auto alone = drawn(MPI_COMM_SELF);
  if (Communicator(MPI_COMM_WORLD).rank() == 0) {
    EXPECT_EQ(together, alone);
    EXPECT_LT(alone.size(), 39U);
    EXPECT_GT(alone.size(), 20U);
  }
}

}  // namespace
}  // namespace ailoop
