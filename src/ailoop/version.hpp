// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// Which ailoop this is.

#include <ailoop/core/version.hpp>
