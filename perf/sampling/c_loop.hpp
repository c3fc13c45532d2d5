// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop::perf {

/// What one writes first: n samples with rand() and sin(), on one core.
/// \param[out] rows (n, 2) [x | sin x]
void c_loop(std::int64_t n, double lower, double upper, double* rows);

}  // namespace ailoop::perf
