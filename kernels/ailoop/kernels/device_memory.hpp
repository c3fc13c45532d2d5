// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/concepts.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <limits>

namespace ailoop {

/// Memory of a device, and copies between it and the host's, which wait for the kernels before them. Another space that
/// is none of Kokkos' has its own.
template <ExecutionSpace Space>
struct DeviceMemory {
  [[nodiscard]] static void* allocate(std::size_t bytes) {
    return Kokkos::kokkos_malloc<typename Space::memory_space>("ailoop", bytes);
  }
  static void release(void* memory) noexcept { Kokkos::kokkos_free<typename Space::memory_space>(memory); }

  static void copy_to_host(void* to, const void* from, std::size_t bytes) {
    Kokkos::deep_copy(Bytes<std::byte, Kokkos::HostSpace>(static_cast<std::byte*>(to), bytes),
                      Bytes<const std::byte>(static_cast<const std::byte*>(from), bytes));
  }
  static void copy_from_host(void* to, const void* from, std::size_t bytes) {
    Kokkos::deep_copy(Bytes<std::byte>(static_cast<std::byte*>(to), bytes),
                      Bytes<const std::byte, Kokkos::HostSpace>(static_cast<const std::byte*>(from), bytes));
  }
  static void copy_on_device(void* to, const void* from, std::size_t bytes) {
    Kokkos::deep_copy(Bytes<std::byte>(static_cast<std::byte*>(to), bytes),
                      Bytes<const std::byte>(static_cast<const std::byte*>(from), bytes));
  }

  /// How much is left; unlimited where nobody can tell.
  [[nodiscard]] static double free_bytes() {
#if defined(KOKKOS_ENABLE_CUDA)
    std::size_t left = 0;
    std::size_t all = 0;
    if (cudaMemGetInfo(&left, &all) == cudaSuccess) return static_cast<double>(left);
#elif defined(KOKKOS_ENABLE_HIP)
    std::size_t left = 0;
    std::size_t all = 0;
    if (hipMemGetInfo(&left, &all) == hipSuccess) return static_cast<double>(left);
#endif
    return std::numeric_limits<double>::infinity();
  }

 private:
  template <class Byte, class Memory = typename Space::memory_space>
  using Bytes = Kokkos::View<Byte*, Memory, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
};

}  // namespace ailoop
