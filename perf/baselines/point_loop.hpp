// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cmath>
#include <cstdint>

namespace ailoop::perf {

/// What somebody would write whose model has answered already and who has a problem's functions of a point, with
/// \p Inputs inputs: point by point it sums the approximation, bounds its error and judges.
template <int Inputs, class Problem>
struct PointLoop {
  Problem problem;
  std::int64_t shares;
  double tolerance;

  /// On the calling thread and `threads` - 1 others.
  /// \param[in]  x        (n, Inputs)
  /// \param[in]  y        (n) answers of the model
  /// \param[out] verdicts (n) 0: accepted
  /// \return how many are accepted
  std::int64_t operator()(int threads, std::int64_t n, const double* x, const double* y, std::int8_t* verdicts) const {
    std::int64_t accepted = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : accepted) if (threads > 1)
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = point(x + Inputs * i);
      double sum = problem.approximation(0, at);
      for (std::int64_t share = 1; share < shares; ++share) sum += problem.approximation(share, at);
      const double excess = (std::abs(y[i] - sum) + problem.approximation_error(at)) * (1.0 + 0x1p-50);
      verdicts[i] = static_cast<std::int8_t>(excess <= tolerance ? 0 : 2);
      accepted += excess <= tolerance ? 1 : 0;
    }
    return accepted;
  }

 private:
  static auto point(const double* x) {
    if constexpr (Inputs == 1) {
      return *x;
    } else {
      return x;
    }
  }
};

}  // namespace ailoop::perf
