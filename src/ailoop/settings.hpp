// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// How a kind of anything describes its settings: Visitor, and the values that they may take.

#include <ailoop/config/visitor.hpp>
