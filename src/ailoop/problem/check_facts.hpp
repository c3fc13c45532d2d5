#pragma once

#include <ailoop/core/precision.hpp>
#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Checks that a run can be made of these facts: at least one input and output, and a box whose corners have a
/// number for each input, lower < upper, all of it finite.
/// \throws UsageError that says which fact is wrong, what was found and what is allowed
void check_facts(const Facts& facts);

/// Checks that each side of the box holds a number of the precision in which points are drawn. \pre check_facts(facts)
/// \throws ConfigurationError that says which side does not
void check_precision(const Facts& facts, Precision precision);

}  // namespace ailoop
