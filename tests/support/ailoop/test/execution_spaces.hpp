#pragma once

#include <ailoop/kernels/execution.hpp>

#include <Kokkos_Core.hpp>
#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace ailoop::test {
namespace detail {

template <class Variant>
struct AsTypes;

template <class... Spaces>
struct AsTypes<std::variant<Spaces...>> {
  using type = ::testing::Types<Spaces...>;
};

}  // namespace detail

/// Every execution space that this Kokkos was built with; for TYPED_TEST_SUITE.
using ExecutionSpaces = detail::AsTypes<Execution>::type;

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
