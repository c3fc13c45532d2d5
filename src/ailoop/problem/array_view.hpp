// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/problem/problem.hpp>

#include <Kokkos_Core.hpp>

namespace ailoop {

/// Row-major matrix of doubles in memory that `Space` can access, owned by somebody else.
template <class Space, class Number = double>
using MatrixView =
    Kokkos::View<Number**, Kokkos::LayoutRight, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
template <class Space>
using ConstMatrixView = MatrixView<Space, const double>;

/// Status of each point in memory that `Space` can access, owned by somebody else.
template <class Space>
using StatusView = Kokkos::View<PointStatus*, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// \throws UsageError if `Space` cannot access memory of kind `where`
template <class Space>
void require_accessible(Memory where) {
  constexpr bool on_host = Kokkos::SpaceAccessibility<Space, Kokkos::HostSpace>::accessible;
  AILOOP_REQUIRE(on_host == (where == Memory::host), "the array lies in memory that the execution space cannot access");
}

/// View of the array's memory, without a copy.
template <class Space, class Number>
[[nodiscard]] MatrixView<Space, Number> as_view(const Space& /*space*/, ArrayOf<Number> array) {
  require_accessible<Space>(array.where);
  return MatrixView<Space, Number>(array.data, as_size(array.rows), as_size(array.cols));
}

/// View of the statuses' memory, without a copy.
template <class Space>
[[nodiscard]] StatusView<Space> as_view(const Space& /*space*/, Statuses statuses) {
  require_accessible<Space>(statuses.where);
  return StatusView<Space>(statuses.data, as_size(statuses.size));
}

/// \throws UsageError if the execution space cannot access both arrays
template <class Space>
void require_accessible(const Space& /*space*/, const ConstArray& x, const Array& y) {
  require_accessible<Space>(x.where);
  require_accessible<Space>(y.where);
}

/// Calls `work(space, x, y)` with Views on the space that `execution` holds.
template <class Work>
void on_views(Execution execution, ConstArray x, Array y, const Work& work) {
  on_space(execution, [&](const auto& space) { work(space, as_view(space, x), as_view(space, y)); });
}

}  // namespace ailoop
