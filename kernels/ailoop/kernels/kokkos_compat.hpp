// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/concepts.hpp>

#include <Kokkos_Core.hpp>

#include <bit>
#include <cmath>
#include <string_view>
#include <type_traits>

/// \file
/// The only place that asks for KOKKOS_VERSION: what differs between Kokkos 3.4 and 5, under one name.

namespace ailoop {

/// As Kokkos counts: 30401 for 3.4.1.
inline constexpr int kokkos_version_number = KOKKOS_VERSION;

/// Its argument that sets the number of host threads.
#if KOKKOS_VERSION >= 30700
inline constexpr std::string_view kokkos_threads_flag = "--kokkos-num-threads=";
#else
inline constexpr std::string_view kokkos_threads_flag = "--kokkos-threads=";
#endif

/// Whether Space runs on the host with more than one thread.
template <ExecutionSpace Space>
inline constexpr bool is_host_parallel_v = is_accessible_v<Space, Kokkos::View<double*, Kokkos::HostSpace>>
#if defined(KOKKOS_ENABLE_SERIAL)
                                           && !std::is_same_v<Space, Kokkos::Serial>
#endif
    ;

namespace kernels {

// Functions of numbers for host and device: sqrt is correctly rounded on every back end, and so is fma, with one
// rounding.
#if KOKKOS_VERSION >= 30700
using Kokkos::cbrt;
using Kokkos::exp;
using Kokkos::fabs;
using Kokkos::isfinite;
using Kokkos::log;
using Kokkos::nextafter;
using Kokkos::pow;
using Kokkos::sin;
using Kokkos::sqrt;
#else
using Kokkos::Experimental::cbrt;
using Kokkos::Experimental::exp;
using Kokkos::Experimental::fabs;
using Kokkos::Experimental::isfinite;
using Kokkos::Experimental::log;
using Kokkos::Experimental::pow;
using Kokkos::Experimental::sin;
using Kokkos::Experimental::sqrt;
using std::nextafter;
#endif
#if KOKKOS_VERSION >= 40000
using Kokkos::fma;
#else
using std::fma;
#endif
#if KOKKOS_VERSION >= 40100
using Kokkos::bit_cast;
#else
using std::bit_cast;
#endif

}  // namespace kernels

}  // namespace ailoop
