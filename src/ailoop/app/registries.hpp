// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/gate.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

namespace ailoop {

/// Everything that a configuration can choose by name. A program with kinds of its own adds them to
/// builtin_registries() and hands the result to run_program.
struct Registries {
  ProblemRegistry problems;
  SurrogateRegistry surrogates;
  TrainerRegistry trainers;
  QueryRegistry queries;
  GateRegistry gates;
};

/// What ailoop itself brings.
[[nodiscard]] Registries builtin_registries();

}  // namespace ailoop
