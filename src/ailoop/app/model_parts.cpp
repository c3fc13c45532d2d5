#include <ailoop/app/model_parts.hpp>

#include <ailoop/problem/check_facts.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace ailoop {

std::unique_ptr<Problem> problem_of(const RunSettings& settings) {
  auto problem = at_setting(settings, "problem.name", [&] { return settings.problem.kind->make(); });
  check_facts(problem->facts());
  at_setting(settings, "surrogate.precision",
             [&] { check_precision(problem->facts(), settings.surrogate.kind->precision()); });
  return problem;
}

std::unique_ptr<Gate> gate_of(const RunSettings& settings, const Facts& facts) {
  const Tolerance& tolerance = settings.tolerance;
  const auto given = std::ssize(tolerance.absolute);
  if (given != 1 && given != facts.outputs) {
    throw settings.error_at("loop.tolerance", std::to_string(given) + " numbers, but the problem " +
                                                  settings.problem.name + " has " + std::to_string(facts.outputs) +
                                                  (facts.outputs == 1 ? " output" : " outputs") +
                                                  "; one number, or one for each output");
  }
  if (tolerance.relative == 0.0 && std::ranges::find(tolerance.absolute, 0.0) != tolerance.absolute.end()) {
    throw settings.error_at("loop.tolerance",
                            "0 where loop.relative_tolerance is 0, too; at least one of them must be greater than 0");
  }
  return at_setting(settings, "loop.gate", [&] { return settings.gate.kind->make(facts, tolerance); });
}

std::unique_ptr<Surrogate> surrogate_of(const RunSettings& settings, const Facts& facts) {
  return at_setting(settings, "surrogate.type", [&] { return settings.surrogate.kind->make(facts); });
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
