// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop::perf {

/// Takes as many vector operations as `operations` on each of n numbers, each a multiply-add where the instruction set
/// has one, a multiplication or an addition otherwise; none waits for memory, few for each other: what the processor
/// can do at most.
/// \return a number that depends on all of them
double multiply_adds(std::int64_t n, int operations);

}  // namespace ailoop::perf
