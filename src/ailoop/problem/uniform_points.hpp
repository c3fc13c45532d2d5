// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/kernels/random_streams.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>

namespace ailoop {

/// Which points are drawn: point i is a function of (seed, purpose, i) alone (kernels/uniform_box.hpp).
struct PointStream {
  std::uint64_t seed = 0;  ///< of the run
  kernels::Purpose purpose = kernels::Purpose::query;
  Precision precision = Precision::float64;  ///< each component is such a number
};

/// Points of these indices, uniform in the problem's box.
/// \param[in]  first index of the point in row 0, >= 0
/// \param[out] x     (n, dimension), in the memory of the execution
void draw_uniform(Execution execution, const Facts& facts, const PointStream& stream, std::int64_t first, Array x);

/// Checks that each side of the box holds a number of the precision in which points are drawn. \pre check_facts(facts)
/// \throws ConfigurationError that says which side does not
void check_precision(const Facts& facts, Precision precision);

}  // namespace ailoop
