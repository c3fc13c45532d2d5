// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/model_file.hpp>
#include <ailoop/training/trainer.hpp>

#include <memory>
#include <optional>
#include <vector>

/// \file
/// What a run makes of its settings, and `--validate` as well, so that both refuse the same. None of it needs Kokkos to
/// be initialized, or loads LibTorch. All throw ConfigurationError with the place of the setting.

namespace ailoop {

struct ModelParts {
  std::unique_ptr<Problem> problem;  ///< whose facts fit the surrogate's precision
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Surrogate> surrogate;
};

[[nodiscard]] ModelParts model_parts(const RunSettings& settings);

/// Where they compute, as the settings want it and the build can.
[[nodiscard]] Executions executions_of(const RunSettings& settings, const ModelParts& parts);

/// \param[in] surrogate must outlive the trainer
[[nodiscard]] std::unique_ptr<Trainer> trainer_of(const RunSettings& settings, const TrainerContext& context,
                                                  Surrogate& surrogate);

/// Fills the model from `surrogate.initial`; none where the settings name no file.
std::optional<LoadedModel> load_initial_model(const RunSettings& settings, const TrainedModel& model);

/// The queries that the settings list; none where they are not listed.
[[nodiscard]] std::vector<double> listed_queries(const RunSettings& settings, const Facts& facts);

}  // namespace ailoop
