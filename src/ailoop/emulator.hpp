// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// An emulator made from a configuration file, which a simulation calls in its time step, and what observers of it are
/// told.

#include <ailoop/app/configured_emulator.hpp>
#include <ailoop/emulator/run_observer.hpp>
