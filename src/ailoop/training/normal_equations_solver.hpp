// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/normal_layout.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ailoop {

/// Solution of the normal equations of a least-squares fit.
struct NormalSolution {
  std::vector<double> coefficients;  ///< (outputs, columns)
  double condition = 1.0;            ///< of the scaled matrix that was solved, in the 1-norm; NaN if it is not finite
  bool is_singular = false;          ///< to working precision; the matrix was then solved with a larger ridge
};

/// Minimises the sum over samples of |y - W phi|^2 + ridge |D W|^2, D^2 being the mean squares of the columns times the
/// number of samples: with columns scaled to unit length, which is what the condition number is of, (A + ridge I) w =
/// b. Solved by factors of the matrix and one step of iterative refinement.
///
/// Where A + ridge I is singular to working precision, its condition number not below 1 / (16 columns epsilon), it gets
/// singular_ridge(columns) on its diagonal. The refinement is with A + ridge I all the same, so what the samples
/// determine well is found as if nothing had been added, and what they do not determine stays close to zero.
///
/// \param[in] sums        of kernels::NormalLayout; may be sums over nothing
/// \param[in] ridge       at least 0
/// \param[in] unpenalised a column that gets no ridge, as is usual for a constant
[[nodiscard]] NormalSolution solve_normal_equations(const kernels::NormalLayout& layout, std::span<const double> sums,
                                                    double ridge, std::optional<std::int64_t> unpenalised);

/// What is added to the diagonal of a scaled matrix that is singular to working precision.
[[nodiscard]] double singular_ridge(std::int64_t columns);

}  // namespace ailoop
