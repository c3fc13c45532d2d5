// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Checks that a run can be made of these facts: at least one input and output, and a box whose corners have a
/// number for each input, lower < upper, all of it finite.
/// \throws UsageError that says which fact is wrong, what was found and what is allowed
void check_facts(const Facts& facts);

}  // namespace ailoop
