// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/executions.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/execution.hpp>

#include <gmock/gmock.h>

#include <cstdint>
#include <vector>

namespace ailoop {
namespace {

TEST(Executions, NameTheSpaceBehindThem) {
  EXPECT_EQ(name(Execution::calling_thread), CallingThreadSpace::name());
  EXPECT_EQ(name(Execution::host_threads), HostThreadsSpace::name());
}

TEST(Executions, TellTheirConcurrency) {
  EXPECT_EQ(concurrency(Execution::host_threads), HostThreadsSpace().concurrency());
  EXPECT_EQ(concurrency(Execution::calling_thread), CallingThreadSpace().concurrency());
}

TEST(Executions, RefuseADeviceWhereThereIsNone) {
  if (!has_device_space) {
    EXPECT_THROW((void)name(Execution::device), UsageError);
    EXPECT_THROW((void)concurrency(Execution::device), UsageError);
  }
}

TEST(ExecutionFor, FewPointsIsTheCallingThread) {
  EXPECT_EQ(execution_for(0), Execution::calling_thread);
  EXPECT_EQ(execution_for(worth_threads - 1), Execution::calling_thread);
  EXPECT_EQ(execution_for(worth_threads), Execution::host_threads);
}

TEST(ForEachThread, CallsEachOnce) {
  std::vector<int> calls(100);
  for_each_thread("ailoop::test", 100, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
  EXPECT_THAT(calls, ::testing::Each(1));
}

TEST(SumOverStretches, CoversEveryPointOnce) {
  for (const std::int64_t n :
       {std::int64_t{0}, std::int64_t{1}, worth_threads - 1, worth_threads, std::int64_t{100'003}}) {
    const auto index_sum = [](std::int64_t first, std::int64_t count) { return count * (2 * first + count - 1) / 2; };
    EXPECT_EQ(sum_over_stretches("ailoop::test", n, index_sum), n * (n - 1) / 2) << n;
  }
}

}  // namespace
}  // namespace ailoop
