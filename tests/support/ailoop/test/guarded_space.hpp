// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/device_memory.hpp>

#include <Kokkos_Core.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// \file
/// A device for machines without one, as an execution space of Kokkos: its memory is closed to the host, and open only
/// while its kernels run, which they do when somebody waits for them, backwards and on one thread. What no kernel wrote
/// is NaN. So host code that reads or writes device memory crashes, a kernel that leaves its array does, too, and a
/// missing wait shows as NaN. It knows parallel_for over a RangePolicy, and unmanaged Views: all that ailoop's device
/// code uses.

namespace ailoop::test {

/// The device's memory. One thread at a time.
class GuardedPages {
 public:
  /// Ends where a page begins that is always closed.
  static void* allocate(std::size_t bytes) {
    const std::size_t size = (bytes + page() - 1) / page() * page();
    void* const pages = mmap(nullptr, size + page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || static_cast<double>(size) > free_bytes()) throw std::bad_alloc();
    mprotect(pages, size, PROT_READ | PROT_WRITE);
    std::memset(pages, 0xff, size);  // NaN
    mprotect(pages, size, PROT_NONE);
    void* const memory = static_cast<std::byte*>(pages) + (size - (bytes + 7) / 8 * 8);
    blocks()[memory] = {pages, size};
    return memory;
  }
  static void release(void* memory) {
    const auto block = blocks().find(memory);
    munmap(block->second.pages, block->second.size + page());
    blocks().erase(block);
  }

  static void open() { protect(PROT_READ | PROT_WRITE); }
  static void close() { protect(PROT_NONE); }

  /// From now on there is so much; unlimited at first.
  static void limit(double bytes) { limit_of_all() = bytes; }
  [[nodiscard]] static double free_bytes() {
    double left = limit_of_all();
    for (const auto& [memory, block] : blocks()) left -= static_cast<double>(block.size);
    return left;
  }

 private:
  struct Block {
    void* pages = nullptr;
    std::size_t size = 0;
  };

  static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  static void protect(int how) {
    for (const auto& [memory, block] : blocks()) mprotect(block.pages, block.size, how);
  }
  static std::map<void*, Block>& blocks() {
    static std::map<void*, Block> all;
    return all;
  }
  static double& limit_of_all() {
    static double bytes = std::numeric_limits<double>::infinity();
    return bytes;
  }
};

struct GuardedSpace;

struct GuardedMemory {
  using memory_space = GuardedMemory;
  using execution_space = GuardedSpace;
  using size_type = std::size_t;
  using device_type = Kokkos::Device<GuardedSpace, GuardedMemory>;
  static constexpr const char* name() { return "Guarded"; }
};

struct GuardedSpace {
  using execution_space = GuardedSpace;
  using memory_space = GuardedMemory;
  using device_type = Kokkos::Device<GuardedSpace, GuardedMemory>;
  using size_type = std::size_t;
  using array_layout = Kokkos::LayoutRight;
  using scratch_memory_space = Kokkos::ScratchMemorySpace<GuardedSpace>;

  static const char* name() { return "Guarded"; }
  static int concurrency() { return 1; }
  static int in_parallel() { return 0; }
  [[nodiscard]] std::uint32_t impl_instance_id() const noexcept { return 0; }

  void fence(const std::string& /*name*/ = "") const {
    GuardedPages::open();
    for (const auto& kernel : queue()) kernel();
    GuardedPages::close();
    queue().clear();
    ++fences();
  }
  static void impl_static_fence(const std::string& /*name*/ = "") { GuardedSpace().fence(); }

  /// Kernels that were started and nobody has waited for.
  static std::vector<std::function<void()>>& queue() {
    static std::vector<std::function<void()>> all;
    return all;
  }
  /// How often somebody waited.
  static std::int64_t& fences() {
    static std::int64_t count = 0;
    return count;
  }
};

}  // namespace ailoop::test

template <>
struct ailoop::DeviceMemory<ailoop::test::GuardedSpace> {
  [[nodiscard]] static void* allocate(std::size_t bytes) { return test::GuardedPages::allocate(bytes); }
  static void release(void* memory) noexcept {
    test::GuardedSpace().fence();
    test::GuardedPages::release(memory);
  }
  static void copy_to_host(void* to, const void* from, std::size_t bytes) { copy(to, from, bytes); }
  static void copy_from_host(void* to, const void* from, std::size_t bytes) { copy(to, from, bytes); }
  static void copy_on_device(void* to, const void* from, std::size_t bytes) { copy(to, from, bytes); }
  [[nodiscard]] static double free_bytes() { return test::GuardedPages::free_bytes(); }

 private:
  static void copy(void* to, const void* from, std::size_t bytes) {
    test::GuardedSpace().fence();
    test::GuardedPages::open();
    std::memcpy(to, from, bytes);
    test::GuardedPages::close();
  }
};

// Its kernels run on the host, which may therefore look into Views; the compiler still knows that no host space may.
#if KOKKOS_VERSION < 40000
template <>
struct Kokkos::Impl::verify_space<Kokkos::HostSpace, ailoop::test::GuardedMemory, false> {
  static void check() {}
};
#else
template <>
struct Kokkos::Impl::RuntimeCheckMemoryAccessViolation<ailoop::test::GuardedMemory, Kokkos::DefaultHostExecutionSpace,
                                                       false> {
  explicit RuntimeCheckMemoryAccessViolation(const char* /*message*/) {}
};
template <>
struct Kokkos::Impl::RuntimeCheckBasicViewMemoryAccessViolation<ailoop::test::GuardedMemory,
                                                                Kokkos::DefaultHostExecutionSpace, false> {
  explicit RuntimeCheckBasicViewMemoryAccessViolation(const Kokkos::Impl::SharedAllocationTracker& /*tracker*/) {}
};
#endif

template <>
struct Kokkos::Tools::Experimental::DeviceTypeTraits<ailoop::test::GuardedSpace> {
  static constexpr DeviceType id = DeviceType::Unknown;
#if KOKKOS_VERSION >= 40000
  static constexpr int device_id(const ailoop::test::GuardedSpace& /*space*/) { return 0; }
#endif
};

template <class Functor, class... Traits>
class Kokkos::Impl::ParallelFor<Functor, Kokkos::RangePolicy<Traits...>, ailoop::test::GuardedSpace> {
  using Policy = Kokkos::RangePolicy<Traits...>;

 public:
  ParallelFor(const Functor& functor, const Policy& policy) : m_functor(functor), m_policy(policy) {}
  void execute() const {
    ailoop::test::GuardedSpace::queue().emplace_back([functor = m_functor, policy = m_policy] {
      for (auto i = policy.end(); i-- > policy.begin();) functor(i);
    });
  }

 private:
  Functor m_functor;
  Policy m_policy;
};
