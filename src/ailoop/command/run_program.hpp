// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>

namespace ailoop {

/// The whole command: what `main` of ailoop calls, and that of a program with kinds of its own.
/// Starts and ends MPI and Kokkos unless its caller did. Never throws and never exits.
/// \return the exit code, the same on all ranks
int run_program(int argc, char** argv, const Registries& registries);

}  // namespace ailoop
