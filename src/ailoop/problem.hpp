// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// The interface of problems, whose truth is computed in batches, and their registry.

#include <ailoop/problem/problem.hpp>
