// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// The whole command, for programs with kinds of their own. They link ailoop::app.

#include <ailoop/command/exit_code.hpp>
#include <ailoop/command/run_program.hpp>
