// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// A check, for tests, that a bound holds.

#include <ailoop/problem/check_bound.hpp>
