// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/run_program.hpp>

int main(int argc, char** argv) { return ailoop::run_program(argc, argv, ailoop::builtin_registries()); }
