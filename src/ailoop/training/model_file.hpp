#pragma once

#include <ailoop/problem/problem.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <filesystem>
#include <map>
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

/// Reads what save_model wrote.
/// \throws ConfigurationError if the file cannot be read, is no model file, or is the model of something else: of
///         another problem, box, type, basis, degree, precision or shape. Parameters may be partly changed then.
LoadedModel load_model(const std::filesystem::path& path, const TrainedModel& model);

/// What is known of a model before there is one, and without Kokkos.
struct ModelOutline {
  std::string problem;    ///< name of the problem
  std::string surrogate;  ///< name of the surrogate's kind
  Precision precision = Precision::float32;
  std::map<std::string, std::string> settings;  ///< of the surrogate's kind, as Surrogate::description tells them
};

/// Checks whether load_model could read the file, as far as the outline tells: everything but box and shapes.
/// \throws ConfigurationError as load_model
void check_model_file(const std::filesystem::path& path, const ModelOutline& outline);

}  // namespace ailoop
