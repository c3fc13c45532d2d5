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

template <class... Spaces>
struct SpaceList {
  using Variant = std::variant<Spaces...>;

  template <class Space>
  using With = SpaceList<Spaces..., Space>;

  template <class Space>
  static constexpr bool contains = (std::is_same_v<Space, Spaces> || ...);
};

// One list that grows from line to line: each back end appends itself where it is enabled.
using Spaces0 = SpaceList<>;
#if defined(KOKKOS_ENABLE_SERIAL)
using Spaces1 = Spaces0::With<Kokkos::Serial>;
#else
using Spaces1 = Spaces0;
#endif
#if defined(KOKKOS_ENABLE_OPENMP)
using Spaces2 = Spaces1::With<Kokkos::OpenMP>;
#else
using Spaces2 = Spaces1;
#endif
#if defined(KOKKOS_ENABLE_THREADS)
using Spaces3 = Spaces2::With<Kokkos::Threads>;
#else
using Spaces3 = Spaces2;
#endif
#if defined(KOKKOS_ENABLE_CUDA)
using Spaces4 = Spaces3::With<Kokkos::Cuda>;
#else
using Spaces4 = Spaces3;
#endif
#if defined(KOKKOS_ENABLE_HIP)
using Spaces5 = Spaces4::With<HipSpace>;
#else
using Spaces5 = Spaces4;
#endif
#if defined(KOKKOS_ENABLE_SYCL)
using EnabledSpaces = Spaces5::With<SyclSpace>;
#else
using EnabledSpaces = Spaces5;
#endif

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
  return std::visit([](const auto& space) { return concurrency(space); }, execution);
}

}  // namespace ailoop
