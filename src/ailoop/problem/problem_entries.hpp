// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>

namespace ailoop {

/// Registry entries of ailoop's own problems.
[[nodiscard]] RegistryEntry<ProblemKind> sine_entry();
[[nodiscard]] RegistryEntry<ProblemKind> kepler_entry();

}  // namespace ailoop
