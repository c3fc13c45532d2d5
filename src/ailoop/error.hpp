// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// What ailoop throws.

#include <ailoop/core/error.hpp>
