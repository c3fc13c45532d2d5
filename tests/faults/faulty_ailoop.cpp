// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command with kinds that fail.
#include <ailoop/command/run_program.hpp>

#include "faulty_kinds.hpp"

int main(int argc, char** argv) { return ailoop::run_program(argc, argv, ailoop::test::faulty_registries()); }
