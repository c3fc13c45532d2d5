// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/kernels/concepts.hpp>

#include <Kokkos_Core.hpp>
#if defined(AILOOP_TEST_DEVICE)
#include AILOOP_TEST_DEVICE  // defines a space that stands in for a device
#endif

#include <type_traits>

/// \file
/// Kokkos' space behind each place that an Execution names. Kokkos must be initialized where one is used.

namespace ailoop {

using HostThreadsSpace = Kokkos::DefaultHostExecutionSpace;

#if defined(KOKKOS_ENABLE_SERIAL)
using CallingThreadSpace = Kokkos::Serial;
#else
using CallingThreadSpace = HostThreadsSpace;
#endif

#if defined(AILOOP_TEST_DEVICE)
using DeviceSpace = test::GuardedSpace;
#else
using DeviceSpace = Kokkos::DefaultExecutionSpace;
#endif
/// Whether this Kokkos has a device.
inline constexpr bool has_device_space = !is_host_space_v<DeviceSpace>;

/// The place that a space stands behind.
template <ExecutionSpace Space>
inline constexpr Execution execution_of = !is_host_space_v<Space>                   ? Execution::device
                                          : std::is_same_v<Space, HostThreadsSpace> ? Execution::host_threads
                                                                                    : Execution::calling_thread;

/// Calls `work(space)` with the space of a place on the host.
/// \throws UsageError for a device
template <class Work>
decltype(auto) on_host_space(Execution execution, const Work& work) {
  AILOOP_REQUIRE(execution != Execution::device, "this kernel runs on the host alone");
  return execution == Execution::calling_thread ? work(CallingThreadSpace()) : work(HostThreadsSpace());
}

/// Calls `work(space)` with the space of a place.
/// \throws UsageError for a device that this Kokkos does not have
template <class Work>
decltype(auto) on_space(Execution execution, const Work& work) {
  if constexpr (has_device_space) {
    if (execution == Execution::device) {
      return work(DeviceSpace());
    }
  }
  return on_host_space(execution, work);
}

}  // namespace ailoop
