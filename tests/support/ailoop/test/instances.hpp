// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <Kokkos_Core.hpp>

#include <vector>

// Kokkos 3.4 has no partition_space, and a name that does not exist may only be asked for by argument-dependent lookup;
// the directive makes that find it in Kokkos::Experimental, too.
namespace ailoop::test::detail::partition {

using namespace Kokkos::Experimental;  // NOLINT(google-build-using-namespace)

template <class Space>
concept CanPartition = requires(const Space& space) { partition_space(space, 1, 1); };

template <CanPartition Space>
[[nodiscard]] auto in_two(const Space& space) {
  return partition_space(space, 1, 1);
}

}  // namespace ailoop::test::detail::partition

namespace ailoop::test {

/// The default instance of a space, and further ones where this Kokkos can make them.
template <class Space>
[[nodiscard]] std::vector<Space> instances() {
  std::vector<Space> all{Space{}};
  if constexpr (detail::partition::CanPartition<Space>) {
    for (const Space& part : detail::partition::in_two(all.front())) {
      all.push_back(part);
    }
  }
  return all;
}

}  // namespace ailoop::test
