// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ailoop {

/// How far an answer may be off the truth: for output i, absolute_i + relative |truth_i|.
struct Tolerance {
  std::vector<double> absolute = {0.05};  ///< (outputs) >= 0, or one number for all of them
  double relative = 0.0;                  ///< >= 0 [1]

  /// The absolute part for one output.
  [[nodiscard]] double of(std::size_t output) const { return absolute[absolute.size() == 1 ? 0 : output]; }

  /// What a truth of that size allows.
  [[nodiscard]] double allowed(std::size_t output, double truth) const {
    return of(output) + (relative > 0.0 ? relative * std::abs(truth) : 0.0);
  }

  /// Whether an answer is within the tolerance of the truth; false where either is not finite.
  /// \param[in] answer (outputs)
  /// \param[in] truth  (outputs)
  [[nodiscard]] bool contains(std::span<const double> answer, std::span<const double> truth) const {
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double error = std::abs(answer[i] - truth[i]);
      if (!(error <= allowed(i, truth[i]) && error <= std::numeric_limits<double>::max())) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace ailoop
