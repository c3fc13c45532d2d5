#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ailoop {

/// What the gate says of the surrogate's answer to one query.
enum class Verdict : std::int8_t { accepted, rejected, inconclusive };

[[nodiscard]] std::string_view to_string(Verdict verdict);

/// How the gate decides.
enum class GateMode {
  difference,  ///< accepted if |surrogate - approximation| <= tolerance, rejected otherwise
};

/// Verdict with the number that it rests on.
struct Judgement {
  Verdict verdict = Verdict::rejected;
  double error = 0.0;  ///< largest |surrogate - approximation| over the components; NaN if any of them is NaN
};

/// GateMode::difference for one query. What is not finite is never accepted.
/// \param[in] surrogate     (outputs)
/// \param[in] approximation (outputs)
[[nodiscard]] Judgement judge_difference(std::span<const double> surrogate, std::span<const double> approximation,
                                         double tolerance);

}  // namespace ailoop
