// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>

namespace ailoop::perf {

/// What somebody would write who needs answers for the sine at many points and nothing else: in blocks that stay in the
/// first-level cache it looks whether the points are in the box, predicts, sums the Taylor series, bounds its error and
/// judges.
struct HandLoop {
  double lower, upper;             ///< box
  std::span<const float> weights;  ///< (degree) of x, x^2, ...
  float bias;
  double tolerance;

  /// On the calling thread and `threads` - 1 others.
  /// \param[in]  x        (n) [rad]
  /// \param[out] y        (n)
  /// \param[out] verdicts (n) 0: accepted
  /// \return how many are accepted; -1 where a point lies outside of the box
  std::int64_t operator()(int threads, std::int64_t n, const double* x, double* y, std::int8_t* verdicts) const;
};

}  // namespace ailoop::perf
