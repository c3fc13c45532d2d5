#pragma once

#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

namespace ailoop {

/// How many times larger a training may make the mean squared error over its samples.
inline constexpr double largest_error_growth = 100.0;

/// Mean over samples and outputs of (prediction - target)^2. Serial, in a fixed order.
[[nodiscard]] double mean_squared_error(const Surrogate& surrogate, const SampleSet& samples);

/// A mean squared error below which growth says nothing: the mean square of the targets times the unit of the
/// precision, which is more than rounding leaves.
[[nodiscard]] double unresolved_error(const SampleSet& samples);

/// Where the error before the training is not finite, nothing is asked of that after it.
/// \param[in] samples those of the training
/// \throws DivergenceError if the error grew by more than largest_error_growth, or is no longer finite
void require_no_growth(const TrainingReport& report, const SampleSet& samples);

}  // namespace ailoop
