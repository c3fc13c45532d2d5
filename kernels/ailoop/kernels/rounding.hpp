// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <Kokkos_Core.hpp>

namespace ailoop::kernels {

/// gamma_n = n u / (1 - n u), u = 2^-53: bound for the relative error of n roundings in double. Source: Higham,
/// Accuracy and Stability of Numerical Algorithms, 2nd edition, 2002, lemma 3.1.
[[nodiscard]] KOKKOS_INLINE_FUNCTION constexpr double rounding_gamma(int n) {
  return n * 0x1p-53 / (1.0 - n * 0x1p-53);
}

}  // namespace ailoop::kernels
