// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/command/command_line.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <chrono>

namespace ailoop {

/// Performs the run that the command line asks for: configuration, Kokkos, model, loop and files; of a dry run only the
/// start. Collective.
/// \param[in,out] argc, argv Kokkos takes its arguments out of them
/// \param[in] start when the program started
/// \throws AgreedError on all ranks if anything failed on one
End run(const Communicator& comm, const CommandLine& command_line, int& argc, char** argv, const Registries& registries,
        std::chrono::steady_clock::time_point start);

}  // namespace ailoop
