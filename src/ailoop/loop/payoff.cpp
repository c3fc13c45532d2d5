#include <ailoop/loop/payoff.hpp>

namespace ailoop {

std::optional<Payoff> payoff_of(const Outcome& outcome) {
  const auto calls = static_cast<double>(outcome.tally.truth_calls - outcome.before.truth_calls);
  const auto answers = static_cast<double>(outcome.tally.answers() - outcome.before.answers());
  const double truth_s = outcome.longest.sample_s + outcome.longest.decide_s;
  if (!(calls > 0.0 && answers > 0.0 && truth_s > 0.0 && outcome.loop_s > 0.0)) {
    return std::nullopt;
  }
  Payoff payoff;
  payoff.truth_call_s = truth_s / calls;
  payoff.at_every_query_s = answers * payoff.truth_call_s;
  payoff.speed_up = payoff.at_every_query_s / outcome.loop_s;
  return payoff;
}

}  // namespace ailoop
