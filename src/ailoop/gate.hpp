// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// The interface of gates, and their registry.

#include <ailoop/emulator/gate.hpp>
