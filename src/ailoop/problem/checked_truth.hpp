// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/execution.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ailoop {

/// What follows when the truth fails at a point.
enum class OnFailure {
  stop,  ///< the run ends with an error
  skip,  ///< the point is left out
};

/// Where to compute the truth at so many points: one that costs something is worth all threads even for a few.
[[nodiscard]] inline Execution execution_of_truth(const Facts& facts, std::int64_t points,
                                                  const Executions& executions = {}) {
  const Execution execution = executions.of(points);
  return facts.free_reference || execution == Execution::device ? execution : Execution::host_threads;
}

/// Computes the truth and looks at every value: a point that failed, or whose value is not a finite number of
/// `precision`, gets the status failed and NaN for all outputs.
/// All are in the memory of the execution.
/// \param[in]  x        (n, dimension)
/// \param[out] y        (n, outputs)
/// \param[out] statuses (n)
/// \return how many points failed
/// \throws NumericalError if a point failed and `on_failure` is stop; the message names the point
std::int64_t compute_truth(const Problem& problem, const TruthContext& context, Precision precision,
                           OnFailure on_failure, ConstArray x, Array y, Statuses statuses);

namespace detail {

/// All of them.
void make_valid(Statuses statuses);
/// Whether no point failed, and no value is larger than `largest` or NaN.
[[nodiscard]] bool is_whole(ConstArray y, Statuses statuses, double largest);

}  // namespace detail

/// Whether a point lies in the box of a problem, corners included.
[[nodiscard]] bool is_inside(const Facts& facts, std::span<const double> point);

/// A point as it stands in messages: `0.5`, or `[0.5, 2]` for several components.
[[nodiscard]] std::string point_text(std::span<const double> components);

/// What is said of a query that is not.
[[nodiscard]] std::string outside_text(std::int64_t query, std::span<const double> point);

/// `name` for one component, `name_0`, `name_1`, ... for several: columns of tables.
[[nodiscard]] std::vector<std::string> component_names(const std::string& name, std::int64_t components);

}  // namespace ailoop
