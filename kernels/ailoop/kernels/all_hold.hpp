// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop::kernels {

/// Whether conditions hold at each of n points, on the host. Looks at all of them, as in most runs they do, and in
/// vectors: for that the flag is as wide as the numbers that are compared, and chosen rather than combined by `or`.
/// \param[in] holds one comparison each, `bool holds(std::int64_t i)`
template <class Flag = double, class... Holds>
[[nodiscard]] bool all_hold(std::int64_t n, const Holds&... holds) {
  Flag broken = 0;
  for (std::int64_t i = 0; i < n; ++i) ((broken = holds(i) ? broken : Flag(1)), ...);
  return broken == 0;
}

}  // namespace ailoop::kernels
