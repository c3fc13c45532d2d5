// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the device for tests shows; without this its other tests would prove nothing.
#include <ailoop/core/array.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/sine.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

static_assert(has_device_space);
static_assert(!Kokkos::SpaceAccessibility<HostThreadsSpace, DeviceSpace::memory_space>::accessible);

constexpr std::int64_t n = 1000;

/// Writes i to number i of so many.
void count_up(double* numbers, std::int64_t count) {
  kernels::for_each_point(
      "ailoop::test::count_up", DeviceSpace(), count,
      KOKKOS_LAMBDA(const std::int64_t i) { numbers[i] = static_cast<double>(i); });
}

std::vector<double> on_host(const OwnedRows<double>& there) {
  std::vector<double> numbers(as_size(there.rows().size()));
  copy(there.rows(), Array{numbers.data(), there.rows().rows, there.rows().cols});
  return numbers;
}

TEST(GuardedSpace, CopiesWaitForKernels) {
  const OwnedRows<double> there(n, 1, Memory::device);
  count_up(there.rows().data, n);
  const std::vector<double> numbers = on_host(there);
  for (std::int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(numbers[as_size(i)], static_cast<double>(i));
  }
}

TEST(GuardedSpace, WhatNoKernelWroteIsNotANumber) {
  const OwnedRows<double> there(n, 1, Memory::device);
  count_up(there.rows().data, n - 1);
  EXPECT_TRUE(std::isnan(on_host(there).back()));
}

TEST(GuardedSpace, KernelsRunOnlyWhenSomebodyWaits) {
  const OwnedRows<double> there(n, 1, Memory::device);
  count_up(there.rows().data, n);
  test::GuardedPages::open();
  EXPECT_TRUE(std::isnan(there.rows().data[0]));
  test::GuardedPages::close();
  DeviceSpace().fence();
  EXPECT_EQ(on_host(there)[1], 1.0);
}

TEST(GuardedSpaceDeathTest, TheHostCanNeitherReadNorWriteItsMemory) {
  const OwnedRows<double> there(n, 1, Memory::device);
  count_up(there.rows().data, n);
  DeviceSpace().fence();
  volatile double* const numbers = there.rows().data;
  volatile double here = 0.0;
  EXPECT_DEATH(here = numbers[1], "");
  EXPECT_DEATH(numbers[1] = here, "");
}

TEST(GuardedSpaceDeathTest, AKernelThatLeavesItsArrayCrashes) {
  const OwnedRows<double> there(n, 1, Memory::device);
  EXPECT_DEATH(
      {
        count_up(there.rows().data, n + 1);
        DeviceSpace().fence();
      },
      "");
}

TEST(GuardedSpaceDeathTest, AKernelOfTheHostCrashes) {
  const OwnedRows<double> there(n, 1, Memory::device);
  const kernels::StridedVector numbers(there.rows().data, n);
  EXPECT_DEATH(kernels::sine(CallingThreadSpace(), numbers, numbers), "");
}

TEST(GuardedSpace, ThereIsNoMoreMemoryThanThereIs) {
  test::GuardedPages::limit(1e6);
  EXPECT_EQ(free_device_bytes(), 1e6);
  EXPECT_THROW(OwnedRows<double>(1'000'000, 1, Memory::device), std::bad_alloc);
  test::GuardedPages::limit(std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace ailoop
