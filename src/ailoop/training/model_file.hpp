// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/problem.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <filesystem>
#include <string>

namespace ailoop {

/// A surrogate with the optimizer that trains it: what a model file holds.
struct TrainedModel {
  std::string problem;  ///< name of the problem
  const Facts& facts;
  Surrogate& surrogate;
  Trainer& trainer;
};

/// Writes parameters and optimizer state as safetensors, atomically.
/// \return SHA-256 of the file, as hexadecimal digits
/// \throws InputOutputError if it cannot be written
std::string save_model(const std::filesystem::path& path, const TrainedModel& model);

/// What load_model found.
struct LoadedModel {
  std::string sha256;            ///< of the file, as hexadecimal digits
  bool optimizer_state = false;  ///< the file holds the state of this optimizer; otherwise it starts from zero
};

/// Reads what save_model wrote, or what says the same: boxes are compared as numbers, the optimizer's counts may be
/// whole float32 or float64 numbers, as PyTorch has them, and tensors that nobody asks for are ignored. Needs no
/// Kokkos.
/// \throws ConfigurationError if the file cannot be read, is no model file, is the model of something else (of another
///         problem, box, type, basis, degree, precision or shape), or holds numbers that no training can go on from.
///         Parameters may be partly changed then.
LoadedModel load_model(const std::filesystem::path& path, const TrainedModel& model);

}  // namespace ailoop
