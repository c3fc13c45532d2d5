// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

namespace ailoop {

/// Random permutation of 0 ... n-1, a function of (seed, epoch) alone; every permutation is equally likely.
/// Source: Fisher and Yates, in Knuth's form (The Art of Computer Programming 2, algorithm 3.4.2 P).
void shuffled_order(std::uint64_t seed, std::int64_t epoch, std::span<std::int64_t> order);

}  // namespace ailoop
