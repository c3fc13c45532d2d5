// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/range.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>

/// \file
/// How kernels over points start. Handing a kernel to Kokkos costs about 0.1 us on Serial and 1 us and more on threads,
/// and its label is a string on the heap: more than a few points are worth. So host spaces run few points in a plain
/// loop on the calling thread; results are the same. Devices always get a kernel.

namespace ailoop::kernels {

namespace detail {

/// Whether Kokkos' tools want to hear of kernels; negative: not asked yet.
inline std::atomic<int> tools_listen = -1;

}  // namespace detail

/// Asks Kokkos whether a tool is there. While one is, every kernel goes through Kokkos, so that the tool sees it.
/// Asking takes as long as a kernel over one point: it is done at the first launch, and again only by this function;
/// call it after setting callbacks for tools later than that.
inline bool look_for_tools() {
  const bool found = Kokkos::Tools::profileLibraryLoaded();
  detail::tools_listen.store(found ? 1 : 0, std::memory_order_relaxed);
  return found;
}

namespace detail {

[[nodiscard]] inline bool has_tools() {
  const int known = tools_listen.load(std::memory_order_relaxed);
  return known < 0 ? look_for_tools() : known > 0;
}

/// Whether a kernel over n points, where fewer than `few` are not worth threads, runs on the calling thread, without
/// Kokkos.
template <ExecutionSpace Space>
[[nodiscard]] bool runs_in_place(std::int64_t n, std::int64_t few = worth_threads) {
  return is_host_space_v<Space> && n < few && !has_tools();
}

}  // namespace detail

/// Runs body(i) for i = 0 ... n - 1, in any order. What a point costs is not known: where the space has threads, two
/// may already be worth them.
/// \param[in] label qualified name of the kernel, for tools
/// \param[in] space instance that runs the kernel; enqueues only, never fences
/// \param[in] body  KOKKOS_LAMBDA or functor, callable with std::int64_t
template <ExecutionSpace Space, class Body>
void for_each_point(const char* label, const Space& space, std::int64_t n, const Body& body) {
  if (detail::runs_in_place<Space>(n, is_host_parallel_v<Space> ? 2 : worth_threads)) {
    for (std::int64_t i = 0; i < n; ++i) body(i);
  } else {
    Kokkos::parallel_for(label, range(space, n), body);
  }
}

/// The same for cheap points that a host takes many at a time, so that the compiler can use the processor's vectors.
/// \param[in] at_point     KOKKOS_LAMBDA or functor: at_point(i) for each point, on a device and for very few points
/// \param[in] over_stretch over_stretch(first, count) for consecutive stretches of 0 ... n - 1, on the host; gives each
///                         point the bits of at_point
template <ExecutionSpace Space, class AtPoint, class OverStretch>
void for_each_stretch(const char* label, const Space& space, std::int64_t n, [[maybe_unused]] const AtPoint& at_point,
                      [[maybe_unused]] const OverStretch& over_stretch) {
  if constexpr (!is_host_space_v<Space>) {
    Kokkos::parallel_for(label, range(space, n), at_point);
  } else if (detail::runs_in_place<Space>(n)) {
    constexpr std::int64_t too_few_for_vectors = 4;
    if (n < too_few_for_vectors) {
      for (std::int64_t i = 0; i < n; ++i) at_point(i);
    } else {
      over_stretch(std::int64_t{0}, n);
    }
  } else {
    constexpr std::int64_t stretch = 4096;
    Kokkos::parallel_for(label, range(space, (n + stretch - 1) / stretch),
                         [=](const std::int64_t s) { over_stretch(s * stretch, std::min(stretch, n - s * stretch)); });
  }
}

}  // namespace ailoop::kernels
