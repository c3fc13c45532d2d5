// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace ailoop {

/// Room of a std::vector that grows number by number, relative to the numbers in it: at most twice as much, and for a
/// moment the old room as well.
inline constexpr double vector_growth = 3.0;

}  // namespace ailoop
