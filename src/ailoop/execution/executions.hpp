// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/function_ref.hpp>

#include <cstdint>
#include <string_view>

/// \file
/// What a process can run on, its memory, and loops over the host's threads, for files that see nothing of Kokkos.
/// Kokkos must be initialized.

namespace ailoop {

/// Name of the execution space behind a place, as Kokkos spells it: "Serial", "OpenMP", "Cuda", ...
/// \throws UsageError for a device that this Kokkos does not have
[[nodiscard]] std::string_view name(Execution execution);

/// Threads that can run at the same time.
/// \throws UsageError for a device that this Kokkos does not have
[[nodiscard]] int concurrency(Execution execution);

/// Host threads that may each run kernels of their own, on the calling thread, at the same time. One while a tool
/// listens, which wants to hear of kernels one after the other.
[[nodiscard]] int independent_threads();

/// Calls work(0) ... work(n - 1), each on a host thread.
/// \param[in] label qualified name of the kernel, for tools
void for_each_thread(const char* label, std::int64_t n, FunctionRef<void(std::int64_t)> work);

/// The sum of body(first, count) over consecutive stretches of 0 ... n - 1, on the host's threads where that is worth
/// it. Returns when it is there.
/// \param[in] label qualified name of the kernel, for tools
/// \param[in] body  several threads call it at the same time
[[nodiscard]] std::int64_t sum_over_stretches(const char* label, std::int64_t n,
                                              FunctionRef<std::int64_t(std::int64_t, std::int64_t)> body);

/// Whether this Kokkos has a device.
[[nodiscard]] bool has_device();

/// Bytes that are left on the device.
[[nodiscard]] double free_device_bytes();

namespace detail {

/// Not initialised; on the host it begins where a vector of the processor may.
/// \throws std::bad_alloc
[[nodiscard]] void* allocate(Memory where, std::int64_t bytes);
void release(Memory where, void* memory) noexcept;
void copy(Memory to_where, void* to, Memory from_where, const void* from, std::int64_t bytes);

}  // namespace detail
}  // namespace ailoop
