// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <limits>

namespace ailoop {

/// Seconds that this rank spent on one draw.
struct SamplingTimes {
  double sample_s = 0.0;  ///< drawing x and computing the truth
  double gather_s = 0.0;  ///< messages
};

/// Seconds of a draw by rank 0 alone and by all ranks, as far as was seen; infinite where nothing is known.
struct DrawCosts {
  double alone_s = std::numeric_limits<double>::infinity();
  double together_s = std::numeric_limits<double>::infinity();
};

}  // namespace ailoop
