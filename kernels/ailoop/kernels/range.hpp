// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/kernels/concepts.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <type_traits>

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

/// The same of an array: its rows, or its columns.
template <class Number>
[[nodiscard]] std::int64_t length(const ArrayOf<Number>& array, int dimension = 0) {
  return dimension == 0 ? array.rows : array.cols;
}

/// work(number), with a constant in place of a number from 0 to `largest`, so that compilers see the single steps.
template <int largest, int candidate = 0, class Work>
KOKKOS_INLINE_FUNCTION auto with_constant(int number, const Work& work) {
  if constexpr (candidate > largest) {
    return work(number);
  } else {
    if (number == candidate) return work(std::integral_constant<int, candidate>());
    return with_constant<largest, candidate + 1>(number, work);
  }
}

}  // namespace ailoop::kernels
