// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/launch.hpp>

#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/test/execution_spaces.hpp>
#include <ailoop/test/kernel_log.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace ailoop::kernels {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;

/// The threads that a kernel over n points runs on.
std::set<std::thread::id> threads_of(std::int64_t n) {
  std::vector<std::thread::id> of_point(static_cast<std::size_t>(n));
  for_each_point("ailoop::kernels::threads_of", Host(), n, [&of_point](const std::int64_t i) {
    of_point[static_cast<std::size_t>(i)] = std::this_thread::get_id();
  });
  return {of_point.begin(), of_point.end()};
}

std::set<std::thread::id> threads_of_stretches(std::int64_t n) {
  std::vector<std::thread::id> of_point(static_cast<std::size_t>(n));
  const auto at = [&of_point](const std::int64_t i) {
    of_point[static_cast<std::size_t>(i)] = std::this_thread::get_id();
  };
  for_each_stretch("ailoop::kernels::threads_of_stretches", Host(), n, at,
                   [&at](std::int64_t first, std::int64_t count) {
                     for (std::int64_t i = first; i < first + count; ++i) at(i);
                   });
  return {of_point.begin(), of_point.end()};
}

const std::size_t all_threads = 2;  // what these tests are started with, if the space has threads

std::size_t threads() {
  return is_host_parallel_v<Host> && concurrency(Execution::host_threads) >= 2 ? all_threads : 1;
}

TEST(Launch, RunsFewCheapPointsOnTheCallingThread) {
  EXPECT_THAT(threads_of_stretches(worth_threads - 1), ::testing::ElementsAre(std::this_thread::get_id()));
}

TEST(Launch, SharesManyCheapPointsAmongTheThreads) { EXPECT_GE(threads_of_stretches(worth_threads).size(), threads()); }

TEST(Launch, SharesPointsOfUnknownCostFromTheSecondOn) {
  EXPECT_THAT(threads_of(1), ::testing::ElementsAre(std::this_thread::get_id()));
  EXPECT_GE(threads_of(2).size(), threads());
}

TEST(Launch, MeetsEveryPointOnce) {
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{4097}, worth_threads - 1, worth_threads,
                               worth_threads + 1, std::int64_t{100'003}}) {
    std::vector<int> of_points(static_cast<std::size_t>(n));
    for_each_point("ailoop::kernels::meets", Host(), n,
                   [&](const std::int64_t i) { of_points[static_cast<std::size_t>(i)] += 1; });
    std::vector<int> of_stretches(static_cast<std::size_t>(n));
    const auto meet = [&](const std::int64_t i) { of_stretches[static_cast<std::size_t>(i)] += 1; };
    for_each_stretch("ailoop::kernels::meets", Host(), n, meet, [&](std::int64_t first, std::int64_t count) {
      for (std::int64_t i = first; i < first + count; ++i) meet(i);
    });
    EXPECT_THAT(of_points, ::testing::Each(1)) << n;
    EXPECT_EQ(of_points, of_stretches) << n;
  }
}

TEST(Launch, ShowsEveryKernelToAToolThatListens) {
  const test::KernelLog log;
  threads_of(1);
  threads_of_stretches(1);
  std::vector<std::string> labels;
  for (const test::KernelEvent& kernel : log.kernels()) labels.push_back(kernel.label);
  EXPECT_THAT(labels, ::testing::ElementsAre("ailoop::kernels::threads_of", "ailoop::kernels::threads_of_stretches"));
}

}  // namespace
}  // namespace ailoop::kernels
