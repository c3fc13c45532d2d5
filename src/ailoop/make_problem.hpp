// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// A problem written down for one point: `make_problem` and `problem_entry`. Files that include this hold kernels, and
/// link ailoop::kernels.

#include <ailoop/problem/make_problem.hpp>
