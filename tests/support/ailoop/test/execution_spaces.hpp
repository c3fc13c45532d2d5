// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/execution.hpp>

#include <Kokkos_Core.hpp>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace ailoop::test {
namespace detail {

template <class... Spaces>
struct DistinctSpaces {
  using Types = ::testing::Types<Spaces...>;

  /// With one more, unless it is there.
  template <class Space>
  using With =
      std::conditional_t<(std::is_same_v<Space, Spaces> || ...), DistinctSpaces, DistinctSpaces<Spaces..., Space>>;
};

}  // namespace detail

/// The space behind every place that an Execution can name here; for TYPED_TEST_SUITE.
using ExecutionSpaces =
    detail::DistinctSpaces<>::With<CallingThreadSpace>::With<HostThreadsSpace>::With<DeviceSpace>::Types;

/// Names the cases of a typed suite by the execution space: TYPED_TEST_SUITE(Suite, ExecutionSpaces, SpaceNames).
struct SpaceNames {
  template <class Space>
  static std::string GetName(int /*index*/) {  // NOLINT(readability-identifier-naming): GoogleTest asks for it
    return Space::name();
  }
};

/// Copies a view of any memory space into one that the host can read.
template <class View>
[[nodiscard]] auto on_host(const View& view) {
  return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, view);
}

}  // namespace ailoop::test
