#pragma once

#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Share of the problem's box on which the bound of the approximation exceeds `tolerance` in some component [1],
/// estimated from 16,384 points that are always the same. There the approximation alone cannot confirm an answer.
/// \throws UsageError if the problem has no bound
[[nodiscard]] double share_beyond_bound(const Problem& problem, double tolerance);

}  // namespace ailoop
