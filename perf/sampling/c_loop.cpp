// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "c_loop.hpp"

#include <cmath>
#include <cstdlib>

namespace ailoop::perf {

void c_loop(std::int64_t n, double lower, double upper, double* rows) {
  for (std::int64_t i = 0; i < n; ++i) {
    // NOLINTNEXTLINE(misc-predictable-rand): what a C program would do
    const double x = lower + (upper - lower) * (std::rand() / (RAND_MAX + 1.0));
    rows[2 * i] = x;
    rows[2 * i + 1] = std::sin(x);
  }
}

}  // namespace ailoop::perf
