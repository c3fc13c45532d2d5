#include <ailoop/emulator/gate.hpp>

#include <ailoop/core/error.hpp>

#include <cmath>

namespace ailoop {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::rejected:
      return "rejected";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  return "";
}

Judgement judge_difference(std::span<const double> surrogate, std::span<const double> approximation, double tolerance) {
  AILOOP_REQUIRE(surrogate.size() == approximation.size(), "judge_difference: as many components on both sides");
  double largest = 0.0;
  for (std::size_t i = 0; i < surrogate.size(); ++i) {
    const double difference = std::abs(surrogate[i] - approximation[i]);
    if (!(difference <= largest)) {  // true for NaN, too, which then stays
      largest = difference;
    }
    if (std::isnan(largest)) {
      break;
    }
  }
  // written so that NaN fails it
  return {largest <= tolerance ? Verdict::accepted : Verdict::rejected, largest};
}

}  // namespace ailoop
