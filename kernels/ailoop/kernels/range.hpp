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

/// Extent of a View as a signed number.
template <class View>
[[nodiscard]] std::int64_t length(const View& view, int dimension = 0) {
  return static_cast<std::int64_t>(view.extent(static_cast<std::size_t>(dimension)));
}

}  // namespace ailoop::kernels
