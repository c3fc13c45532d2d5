// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Draws that are longer than what is drawn at once.
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/sampling/placement.hpp>
#include <ailoop/test/scripted_problem.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ailoop {
namespace {

template <class T>
void expect_the_definition(Execution execution) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  const SineProblem problem({.terms = 4});
  for (const std::int64_t samples : {std::int64_t{1}, Sampler::piece_of_own - 1, Sampler::piece_of_own,
                                     2 * Sampler::piece_of_own + 1, 2 * Sampler::piece_of_a_thread + 1}) {
    std::vector<T> expected;
    for (std::int64_t i = 0; i < samples; ++i) {
      auto random = kernels::generator<Kokkos::DefaultHostExecutionSpace>(42, kernels::Purpose::sample,
                                                                          static_cast<std::uint64_t>(17 + i));
      const T x = kernels::uniform<T>(random, problem.facts().lower[0], problem.facts().upper[0]);
      expected.insert(expected.end(), {x, static_cast<T>(kernels::sine(static_cast<double>(x)))});
    }
    ModelRankPlacement sampler(self, messenger, {problem, execution, precision_of<T>, samples, 42});
    ASSERT_TRUE(sampler.draw(17));
    const auto& rows = std::get<ArrayOf<T>>(sampler.drawn().rows());
    EXPECT_EQ(std::vector<T>(rows.data, rows.data + rows.size()), expected) << samples;
  }
}

/// However many pieces there are, whether the last is full, and on one thread or on several that have pieces each.
TEST(SamplerPieces, HaveTheBitsOfTheDefinition) {
  for (Execution execution : {Execution::calling_thread, Execution::host_threads}) {
    expect_the_definition<float>(execution);
    expect_the_definition<double>(execution);
  }
}

TEST(SamplerPieces, ComeToTheTruthInOrderAndAreWorthAllThreads) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  const Execution execution = Execution::host_threads;
  const std::int64_t piece = Sampler::piece_of_a_thread * concurrency(execution);
  const std::int64_t samples = 2 * piece + 5;
  test::ScriptedProblem problem;
  std::vector<std::int64_t> calls;
  problem.before_truth = [&](const TruthContext& context, std::int64_t points) {
    EXPECT_EQ(context.first_sample, 100 + std::accumulate(calls.begin(), calls.end(), std::int64_t{0}));
    EXPECT_EQ(concurrency(context.execution), concurrency(execution));
    calls.push_back(points);
  };
  ModelRankPlacement sampler(self, messenger, {problem, execution, Precision::float32, samples, 1});
  ASSERT_TRUE(sampler.draw(100));
  EXPECT_THAT(calls, ::testing::ElementsAre(piece, piece, 5));
}

TEST(SamplerPieces, NameTheSampleThatFailedInALaterOne) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  test::ScriptedProblem problem;
  constexpr std::int64_t bad = Sampler::piece_of_a_thread + 3;
  problem.truth_of = [](double x, std::int64_t sample) { return sample == bad ? std::nan("") : x; };
  const std::int64_t samples = 2 * Sampler::piece_of_a_thread;
  ModelRankPlacement stopping(self, messenger, {problem, Execution::calling_thread, Precision::float32, samples, 1});
  EXPECT_FALSE(stopping.draw(0));
  ASSERT_TRUE(stopping.failure().has_value());
  EXPECT_THAT(stopping.failure()->message, ::testing::HasSubstr("sample " + std::to_string(bad) + " "));

  ModelRankPlacement skipping(self, messenger,
                              {problem, Execution::calling_thread, Precision::float32, samples, 1, OnFailure::skip});
  ASSERT_TRUE(skipping.draw(0));
  EXPECT_EQ(skipping.drawn().count(), samples - 1);
}

TEST(SamplerPieces, AreDrawnByThreadsOfTheirOwnWhereTheProblemLetsThem) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  const std::int64_t samples = 2 * Sampler::piece_of_a_thread;
  for (const bool thread_safe : {false, true}) {
    test::ScriptedProblem problem;
    problem.set_thread_safe(thread_safe);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::int64_t most = 0;
    problem.before_truth = [&](const TruthContext& /*context*/, std::int64_t points) {
      const std::scoped_lock lock(mutex);
      threads.insert(std::this_thread::get_id());
      most = std::max(most, points);
    };
    ModelRankPlacement sampler(self, messenger, {problem, Execution::host_threads, Precision::float64, samples, 1});
    ASSERT_TRUE(sampler.draw(0));
    EXPECT_EQ(std::ssize(threads), thread_safe ? concurrency(Execution::host_threads) : 1);
    EXPECT_EQ(most,
              thread_safe ? Sampler::piece_of_own : Sampler::piece_of_a_thread * concurrency(Execution::host_threads));
  }
}

/// Whichever thread is the first to fail.
TEST(SamplerPieces, NameTheFirstSampleThatFailed) {
  const Communicator self(MPI_COMM_SELF);
  Messenger messenger(self, 0, Waiting::spin, false);
  test::ScriptedProblem problem;
  problem.set_thread_safe(true);
  constexpr std::int64_t samples = 2 * Sampler::piece_of_a_thread;
  constexpr std::int64_t first = samples / 2 - 1;  // the last one of the first of two threads
  problem.truth_of = [](double x, std::int64_t sample) { return sample >= first ? std::nan("") : x; };
  ModelRankPlacement sampler(self, messenger, {problem, Execution::host_threads, Precision::float32, samples, 1});
  EXPECT_FALSE(sampler.draw(0));
  ASSERT_TRUE(sampler.failure().has_value());
  EXPECT_THAT(sampler.failure()->message, ::testing::HasSubstr("sample " + std::to_string(first) + " "));
}

}  // namespace
}  // namespace ailoop
