#pragma once

#include <ailoop/kernels/concepts.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace ailoop::kernels {

/// Iterations 0 ... n - 1 on an instance, with 64-bit indices.
template <ExecutionSpace Space>
[[nodiscard]] auto range(const Space& space, std::int64_t n) {
  return Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(space, 0, n);
}

/// Points that one iteration of a kernel over blocks handles: on the host as many as a vectorised loop inside it needs,
/// elsewhere one.
template <ExecutionSpace Space>
inline constexpr std::int64_t block_points_v =
    is_accessible_v<Space, Kokkos::View<double*, Kokkos::HostSpace>> ? 1024 : 1;

/// Blocks of block_points_v that n points make, the last of them may be smaller.
template <ExecutionSpace Space>
[[nodiscard]] std::int64_t block_count(std::int64_t n) {
  return (n + block_points_v<Space> - 1) / block_points_v<Space>;
}

/// Extent of a View as a signed number.
template <class View>
[[nodiscard]] std::int64_t length(const View& view, int dimension = 0) {
  return static_cast<std::int64_t>(view.extent(static_cast<std::size_t>(dimension)));
}

}  // namespace ailoop::kernels
