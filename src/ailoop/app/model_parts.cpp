// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/model_parts.hpp>

#include <ailoop/execution/executions.hpp>
#include <ailoop/problem/check_facts.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ailoop {

ModelParts model_parts(const RunSettings& settings) {
  ModelParts parts;
  parts.problem = at_setting(settings, "problem.name", [&] { return settings.problem.kind->make(); });
  const Facts& facts = parts.problem->facts();
  check_facts(facts);
  at_setting(settings, "surrogate.precision", [&] { check_precision(facts, settings.surrogate.kind->precision()); });

  const Tolerance& tolerance = settings.tolerance;
  const auto given = std::ssize(tolerance.absolute);
  if (given != 1 && given != facts.outputs) {
    throw settings.error_at(
        "loop.tolerance",
        fmt::format("{} numbers, but the problem {} has {} {}; one number, or one for each output", given,
                    settings.problem.name, facts.outputs, facts.outputs == 1 ? "output" : "outputs"));
  }
  if (tolerance.relative == 0.0 && std::ranges::find(tolerance.absolute, 0.0) != tolerance.absolute.end()) {
    throw settings.error_at("loop.tolerance",
                            "0 where loop.relative_tolerance is 0, too; at least one of them must be greater than 0");
  }
  parts.gate = at_setting(settings, "loop.gate", [&] { return settings.gate.kind->make(facts, tolerance); });
  parts.surrogate = at_setting(settings, "surrogate.type", [&] { return settings.surrogate.kind->make(facts); });
  return parts;
}

Executions executions_of(const RunSettings& settings, const ModelParts& parts) {
  const auto cannot = [&]() -> std::optional<std::string> {
    if (!has_device()) {
      return "this build has none";
    }
    if (!parts.problem->facts().on_device) {
      return "problem.name: " + settings.problem.name + " computes on the host alone";
    }
    if (!parts.surrogate->on_device()) {
      return "surrogate.type: " + settings.surrogate.name + " with these settings predicts on the host alone";
    }
    if (!parts.gate->on_device()) {
      return "loop.gate: " + settings.gate.name + " judges on the host alone";
    }
    return std::nullopt;
  };
  if (settings.device == UseOfDevice::host) {
    return {};
  }
  const std::optional<std::string> reason = cannot();
  if (settings.device == UseOfDevice::device) {
    if (reason) {
      throw settings.error_at("surrogate.device", "device, but " + *reason + "; auto and host are allowed");
    }
    return {.device_from = 2};
  }
  return reason ? Executions{} : Executions{.device_from = worth_device};
}

std::unique_ptr<Trainer> trainer_of(const RunSettings& settings, const TrainerContext& context, Surrogate& surrogate) {
  return at_setting(settings, "training.trainer", [&] { return settings.trainer.kind->make(context, surrogate); });
}

std::optional<LoadedModel> load_initial_model(const RunSettings& settings, const TrainedModel& model) {
  if (!settings.initial_model) {
    return std::nullopt;
  }
  return at_setting(settings, "surrogate.initial",
                    [&] { return load_model(settings.initial_model->expanded(), model); });
}

std::vector<double> listed_queries(const RunSettings& settings, const Facts& facts) {
  return at_setting(settings, "queries.source", [&] { return settings.queries.kind->load(facts); });
}

}  // namespace ailoop
