// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/problem/tolerance.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ailoop {

/// What check_bound found.
struct BoundCheck {
  std::int64_t points = 0;  ///< at which truth and approximation were computed
  std::int64_t failed = 0;  ///< of these, where the truth gave no finite value; nothing is compared there
  std::int64_t beyond = 0;  ///< of these, where |approximation - truth| is not at most the bound in every component

  /// Largest |approximation - truth| / bound [1]; infinite where the error passes a bound of 0, or error or bound is
  /// not a finite number of at least 0. Far below 1, the bound is safe but more queries than needed are inconclusive.
  double worst_ratio = 0.0;
  std::vector<double> worst_x;  ///< (dimension) where that was; empty where nothing was compared

  [[nodiscard]] bool holds() const noexcept { return beyond == 0; }
};

/// One line: how many points were compared, where the bound is used up most, and whether it holds.
[[nodiscard]] std::string to_string(const BoundCheck& check);

/// Compares the approximation with the truth at points of the box, for a test of a problem: first its corners, each
/// with the largest number below an upper end, then points uniform in it. The points are the same for the same seed.
/// \param n         how many points, >= 1
/// \param execution where the functions run; its memory must be the host's
/// \throws UsageError if the problem has no bound, its facts cannot be used or n < 1
[[nodiscard]] BoundCheck check_bound(const Problem& problem, std::int64_t n, std::uint64_t seed,
                                     Execution execution = Execution::host_threads);

/// Fraction of the problem's box on which the bound of the approximation exceeds the tolerance in some component [1],
/// estimated from 16,384 points that are always the same. There the approximation alone cannot confirm an answer.
/// \throws UsageError if the problem has no bound
[[nodiscard]] double fraction_beyond_bound(const Problem& problem, const Tolerance& tolerance);

}  // namespace ailoop
