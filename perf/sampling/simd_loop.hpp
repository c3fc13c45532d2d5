// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop::perf {

/// The samples of ailoop's kernel, bit for bit, without Kokkos: one loop for OpenMP's threads and vectors, with
/// everything written out in it.
/// \param[in]  base  kernels::stream_base of the seed and the purpose
/// \param[out] rows  (n, 2) [x | sin x]
void simd_loop(int threads, std::uint64_t base, std::int64_t n, double lower, double upper, double* rows);

}  // namespace ailoop::perf
