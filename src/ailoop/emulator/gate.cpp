#include <ailoop/emulator/gate.hpp>

#include <ailoop/core/error.hpp>

#include <cmath>
#include <limits>

namespace ailoop {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double next_up(double value) { return std::nextafter(value, infinity); }
double next_down(double value) { return std::nextafter(value, -infinity); }

std::span<const double> row(ConstArray array, std::size_t i) {
  return {array.data + static_cast<std::int64_t>(i) * array.cols, static_cast<std::size_t>(array.cols)};
}

/// Largest |a - b| over the components; NaN if any of them is NaN.
double largest_difference(std::span<const double> a, std::span<const double> b) {
  AILOOP_REQUIRE(a.size() == b.size(), "gate: as many components on both sides");
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size() && !std::isnan(largest); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) {  // true for NaN, too, which then stays
      largest = difference;
    }
  }
  return largest;
}

Verdict certify(double surrogate, double approximation, double bound, double tolerance) {
  if (!std::isfinite(surrogate)) {
    return Verdict::rejected;
  }
  if (!std::isfinite(approximation) || !(bound >= 0.0)) {
    return Verdict::inconclusive;
  }
  // the difference and each sum are off by less than one step
  const double difference = std::abs(surrogate - approximation);
  if (next_up(next_up(difference) + bound) <= tolerance) {
    return Verdict::accepted;
  }
  if (next_down(next_down(difference) - bound) > tolerance) {
    return Verdict::rejected;
  }
  return Verdict::inconclusive;
}

}  // namespace

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
  const double error = largest_difference(surrogate, approximation);
  return {error <= tolerance ? Verdict::accepted : Verdict::rejected, error};  // NaN is rejected
}

void judge_difference(ConstArray surrogate, ConstArray approximation, double tolerance,
                      std::span<Judgement> judgements) {
  AILOOP_REQUIRE(surrogate.cols == approximation.cols, "gate: as many components on both sides");
  if (surrogate.cols != 1) {
    for (std::size_t i = 0; i < judgements.size(); ++i) {
      judgements[i] = judge_difference(row(surrogate, i), row(approximation, i), tolerance);
    }
    return;
  }
  const double* const s = surrogate.data;
  const double* const a = approximation.data;
  for (std::size_t i = 0; i < judgements.size(); ++i) {  // one component is the largest
    const double error = std::abs(s[i] - a[i]);
    judgements[i] = {error <= tolerance ? Verdict::accepted : Verdict::rejected, error};
  }
}

void judge_certified(ConstArray surrogate, ConstArray approximation, ConstArray bound, double tolerance,
                     std::span<Judgement> judgements) {
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    judgements[i] = judge_certified(row(surrogate, i), row(approximation, i), row(bound, i), tolerance);
  }
}

Judgement judge_certified(std::span<const double> surrogate, std::span<const double> approximation,
                          std::span<const double> bound, double tolerance) {
  AILOOP_REQUIRE(bound.size() == surrogate.size(), "gate: a bound for each component");
  Judgement judgement{Verdict::accepted, largest_difference(surrogate, approximation)};
  for (std::size_t i = 0; i < surrogate.size() && judgement.verdict != Verdict::rejected; ++i) {
    const Verdict verdict = certify(surrogate[i], approximation[i], bound[i], tolerance);
    if (verdict != Verdict::accepted) {
      judgement.verdict = verdict;
    }
  }
  return judgement;
}

bool is_within(std::span<const double> surrogate, std::span<const double> truth, double tolerance) {
  return largest_difference(surrogate, truth) <= tolerance;
}

}  // namespace ailoop
