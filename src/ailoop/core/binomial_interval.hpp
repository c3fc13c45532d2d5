// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace ailoop {

/// Interval of a probability.
struct ProbabilityInterval {
  double lower = 0.0;
  double upper = 1.0;
};

/// 95 % interval of the probability of something that happened `count` times in `trials`: it holds the probability in
/// at least 95 % of all cases, whatever it is.
/// Source: Clopper and Pearson, Biometrika 26 (1934) 404.
/// \param[in] count  in [0, trials]
[[nodiscard]] ProbabilityInterval binomial_interval(std::int64_t count, std::int64_t trials);

}  // namespace ailoop
