// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/counted_allocations.hpp>

#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>
#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> n_allocations = 0;
std::atomic<std::int64_t> n_bytes = 0;
std::atomic<std::int64_t> most_bytes = 0;

void add(std::uint64_t bytes) {
  const std::int64_t now = n_bytes += static_cast<std::int64_t>(bytes);
  std::int64_t most = most_bytes;
  while (most < now && !most_bytes.compare_exchange_weak(most, now)) {
  }
}

void* counted(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  ++n_allocations;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, size > 0 ? size : 1) != 0) memory = nullptr;
  if (memory == nullptr) throw std::bad_alloc();
  add(malloc_usable_size(memory));
  return memory;
}

void give_back(void* memory) noexcept {
  n_bytes -= static_cast<std::int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

// The numbers of a View, which Kokkos aligns, come from elsewhere than the `new` below.
void on_view(Kokkos::Tools::SpaceHandle /*space*/, const char* /*label*/, const void* /*data*/, std::uint64_t bytes) {
  add(bytes);
}
void on_end_of_view(Kokkos::Tools::SpaceHandle /*space*/, const char* /*label*/, const void* /*data*/,
                    std::uint64_t bytes) {
  n_bytes -= static_cast<std::int64_t>(bytes);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::align_val_t) noexcept { give_back(memory); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

namespace ailoop::test {

long allocations_so_far() { return n_allocations; }

double peak_bytes(const std::function<void()>& work) {
  namespace tools = Kokkos::Tools::Experimental;
  const tools::EventSet previous = tools::get_callbacks();
  kernels::look_for_tools();  // before there is one: kernels run as in a program without
  tools::set_allocate_data_callback(on_view);
  tools::set_deallocate_data_callback(on_end_of_view);
  const std::int64_t before = n_bytes;
  most_bytes = before;
  work();
  tools::set_callbacks(previous);
  return static_cast<double>(most_bytes - before);
}

}  // namespace ailoop::test
