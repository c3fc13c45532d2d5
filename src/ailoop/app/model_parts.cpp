#include <ailoop/app/model_parts.hpp>

#include <ailoop/problem/check_facts.hpp>

namespace ailoop {

std::unique_ptr<Problem> problem_of(const RunSettings& settings) {
  auto problem = at_setting(settings, "problem.name", [&] { return settings.problem.kind->make(); });
  check_facts(problem->facts());
  at_setting(settings, "surrogate.precision",
             [&] { check_precision(problem->facts(), settings.surrogate.kind->precision()); });
  if (settings.gate == GateMode::certified && !problem->facts().has_bound) {
    throw settings.error_at("loop.gate", "certified needs an approximation with an error bound, which the problem " +
                                             settings.problem.name + " has not; allowed is difference");
  }
  return problem;
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
