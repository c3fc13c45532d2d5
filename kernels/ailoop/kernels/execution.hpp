#pragma once

#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace ailoop {
namespace detail {

template <class None, class... Spaces>
struct SpaceList {
  using Variant = std::variant<Spaces...>;

  template <class Space>
  static constexpr bool contains = (std::is_same_v<Space, Spaces> || ...);
};

// clang-format off
using EnabledSpaces = SpaceList<void
#if defined(KOKKOS_ENABLE_SERIAL)
  , Kokkos::Serial
#endif
#if defined(KOKKOS_ENABLE_OPENMP)
  , Kokkos::OpenMP
#endif
#if defined(KOKKOS_ENABLE_THREADS)
  , Kokkos::Threads
#endif
#if defined(KOKKOS_ENABLE_CUDA)
  , Kokkos::Cuda
#endif
#if defined(KOKKOS_ENABLE_HIP)
  , HipSpace
#endif
#if defined(KOKKOS_ENABLE_SYCL)
  , SyclSpace
#endif
>;
// clang-format on

static_assert(EnabledSpaces::contains<Kokkos::DefaultExecutionSpace>,
              "the default execution space of this Kokkos is none that ailoop supports");

}  // namespace detail

/// An instance of any execution space that this Kokkos was built with. Copies name the same instance.
using Execution = detail::EnabledSpaces::Variant;

/// The default instance of the fastest host space. Kokkos must be initialized.
[[nodiscard]] inline Execution host_execution() { return Kokkos::DefaultHostExecutionSpace(); }

/// A host instance that runs a kernel on the calling thread where there is one: for a few points, which are too little
/// work to share. Kokkos must be initialized.
[[nodiscard]] inline Execution sequential_execution() {
#if defined(KOKKOS_ENABLE_SERIAL)
  return Kokkos::Serial();
#else
  return host_execution();
#endif
}

/// Where to run kernels over `n_points` points that cost next to nothing each: waking threads costs more than a few
/// thousand of them, and much more where other processes use the cores. The rule is that of kernels/launch.hpp. Results
/// are the same. Kokkos must be initialized.
[[nodiscard]] inline Execution execution_for(std::int64_t n_points) {
  return n_points < kernels::worth_threads ? sequential_execution() : host_execution();
}

/// Name of the execution space, as Kokkos spells it: "Serial", "OpenMP", "Cuda", ...
[[nodiscard]] inline std::string_view name(const Execution& execution) {
  return std::visit([](const auto& space) -> std::string_view { return std::decay_t<decltype(space)>::name(); },
                    execution);
}

/// Threads that can run at the same time.
[[nodiscard]] inline int concurrency(const Execution& execution) {
  return std::visit([](const auto& space) { return space.concurrency(); }, execution);
}

/// Host threads that may each run kernels of their own, on sequential_execution(), at the same time. One while a tool
/// listens, which wants to hear of kernels one after the other.
[[nodiscard]] inline int independent_threads() {
#if defined(KOKKOS_ENABLE_SERIAL)
  return kernels::detail::has_tools() ? 1 : concurrency(host_execution());
#else
  return 1;
#endif
}

}  // namespace ailoop
