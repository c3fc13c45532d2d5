#pragma once

#include <ailoop/problem/problem.hpp>
#include <ailoop/problem/tolerance.hpp>

namespace ailoop {

/// Fraction of the problem's box on which the bound of the approximation exceeds the tolerance in some component [1],
/// estimated from 16,384 points that are always the same. There the approximation alone cannot confirm an answer.
/// \throws UsageError if the problem has no bound
[[nodiscard]] double fraction_beyond_bound(const Problem& problem, const Tolerance& tolerance);

}  // namespace ailoop
