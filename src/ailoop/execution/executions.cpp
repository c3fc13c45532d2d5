// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/executions.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/device_memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

namespace ailoop {

namespace {

constexpr std::align_val_t alignment{64};

using Device = DeviceMemory<DeviceSpace>;

void require_device() { AILOOP_REQUIRE(has_device_space, "Memory::device: this Kokkos has no device"); }

}  // namespace

std::string_view name(Execution execution) {
  return on_space(execution, []<class Space>(const Space& /*space*/) -> std::string_view { return Space::name(); });
}

int concurrency(Execution execution) {
  return on_space(execution, [](const auto& space) { return space.concurrency(); });
}

int independent_threads() {
  constexpr bool has_calling_thread = !std::is_same_v<CallingThreadSpace, HostThreadsSpace>;
  return has_calling_thread && !kernels::detail::has_tools() ? concurrency(Execution::host_threads) : 1;
}

void for_each_thread(const char* label, std::int64_t n, FunctionRef<void(std::int64_t)> work) {
  kernels::for_each_point(label, HostThreadsSpace(), n, work);
}

std::int64_t sum_over_stretches(const char* label, std::int64_t n,
                                FunctionRef<std::int64_t(std::int64_t, std::int64_t)> body) {
  if (kernels::detail::runs_in_place<HostThreadsSpace>(n)) {
    return n > 0 ? body(0, n) : 0;
  }
  constexpr std::int64_t stretch = 4096;
  std::int64_t sum = 0;
  Kokkos::parallel_reduce(
      label, kernels::range(HostThreadsSpace(), (n + stretch - 1) / stretch),
      [=](const std::int64_t s, std::int64_t& partial) {  // on the host alone
        partial += body(s * stretch, std::min(stretch, n - s * stretch));
      },
      sum);
  return sum;
}

bool has_device() { return has_device_space; }

double free_device_bytes() {
  require_device();
  return Device::free_bytes();
}

void* detail::allocate(Memory where, std::int64_t bytes) {
  if (where == Memory::host) {
    return ::operator new(as_size(bytes), alignment);
  }
  require_device();
  try {
    return Device::allocate(as_size(bytes));
  } catch (const std::runtime_error&) {  // of Kokkos
    throw std::bad_alloc();
  }
}

void detail::release(Memory where, void* memory) noexcept {
  if (where == Memory::host) {
    ::operator delete(memory, alignment);
  } else {
    Device::release(memory);
  }
}

void detail::copy(Memory to_where, void* to, Memory from_where, const void* from, std::int64_t bytes) {
  const std::size_t size = as_size(bytes);
  if (size == 0) {
    return;
  }
  if (to_where == Memory::host && from_where == Memory::host) {
    std::memcpy(to, from, size);
    return;
  }
  require_device();
  if (to_where == Memory::host) {
    Device::copy_to_host(to, from, size);
  } else if (from_where == Memory::host) {
    Device::copy_from_host(to, from, size);
  } else {
    Device::copy_on_device(to, from, size);
  }
}

}  // namespace ailoop
