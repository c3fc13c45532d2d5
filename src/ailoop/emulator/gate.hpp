#pragma once

#include <ailoop/core/array.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace ailoop {

/// What the gate says of the surrogate's answer to one query.
enum class Verdict : std::int8_t { accepted, rejected, inconclusive };

[[nodiscard]] std::string_view to_string(Verdict verdict);

/// How the gate decides; s: surrogate, a: approximation, e: bound of |a - truth|.
enum class GateMode {
  difference,  ///< accepted if |s - a| <= tolerance, rejected otherwise
  certified,   ///< accepted if |s - a| + e <= tolerance, rejected if |s - a| - e > tolerance, else inconclusive
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

/// The same for each of n queries.
/// \param[in]  surrogate     (n, outputs)
/// \param[in]  approximation (n, outputs)
/// \param[out] judgements    (n)
void judge_difference(ConstArray surrogate, ConstArray approximation, double tolerance,
                      std::span<Judgement> judgements);

/// GateMode::certified for one query. With a bound that holds, an accepted answer is off by at most the tolerance and a
/// rejected one by more, whatever rounds: both sums are rounded away from the verdict that they would give.
/// A surrogate that is not finite is rejected; an approximation that is not finite, or a bound that is negative or not
/// a number, tells nothing.
/// \param[in] surrogate     (outputs)
/// \param[in] approximation (outputs)
/// \param[in] bound         (outputs)
[[nodiscard]] Judgement judge_certified(std::span<const double> surrogate, std::span<const double> approximation,
                                        std::span<const double> bound, double tolerance);

/// The same for each of n queries.
/// \param[in]  surrogate     (n, outputs)
/// \param[in]  approximation (n, outputs)
/// \param[in]  bound         (n, outputs)
/// \param[out] judgements    (n)
void judge_certified(ConstArray surrogate, ConstArray approximation, ConstArray bound, double tolerance,
                     std::span<Judgement> judgements);

/// Whether the surrogate is within the tolerance of the truth, which decides what the gate could not.
/// \param[in] surrogate (outputs)
/// \param[in] truth     (outputs)
[[nodiscard]] bool is_within(std::span<const double> surrogate, std::span<const double> truth, double tolerance);

}  // namespace ailoop
