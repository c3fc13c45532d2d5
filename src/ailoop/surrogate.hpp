// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// The interface of surrogates, and their registry.

#include <ailoop/surrogate/surrogate.hpp>
