// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ailoop {
namespace detail {

// Kokkos spells the rank of a View differently from version to version; its data type always tells it.
template <class Data>
inline constexpr int rank_of_data_v = 0;
template <class Data>
inline constexpr int rank_of_data_v<Data*> = 1 + rank_of_data_v<Data>;
template <class Data, std::size_t Extent>
inline constexpr int rank_of_data_v<Data[Extent]> = 1 + rank_of_data_v<Data>;

}  // namespace detail

/// Number of dimensions of a View type.
template <class View>
inline constexpr int view_rank_v = detail::rank_of_data_v<typename View::data_type>;

/// A place that runs kernels: Kokkos::Serial, Kokkos::OpenMP, ...
template <class Space>
concept ExecutionSpace = Kokkos::is_execution_space<Space>::value;

/// A Kokkos::View of float or double numbers.
template <class View>
concept RealView = Kokkos::is_view<View>::value && std::floating_point<typename View::non_const_value_type>;

/// A vector of numbers.
template <class View>
concept RealView1D = RealView<View> && view_rank_v<View> == 1;

/// A matrix of numbers: rows are points, columns are components.
template <class View>
concept RealView2D = RealView<View> && view_rank_v<View> == 2;

/// Whether kernels on Space may read and write the memory of all Views.
template <class Space, class... Views>
inline constexpr bool is_accessible_v =
    (Kokkos::SpaceAccessibility<Space, typename Views::memory_space>::accessible && ...);

/// Whether Space runs kernels on the cores of the host, and before their launch returns.
template <class Space>
inline constexpr bool is_host_space_v = std::is_same_v<typename Space::memory_space, Kokkos::HostSpace>;

/// Whether all Views may be written through.
template <class... Views>
inline constexpr bool is_writable_v = (!std::is_const_v<typename Views::value_type> && ...);

}  // namespace ailoop
