#pragma once

#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/surrogate/surrogate.hpp>

namespace ailoop {

/// How many times larger a retraining may make the mean squared error over its samples.
inline constexpr double largest_error_growth = 100.0;

/// Mean over samples and outputs of (prediction - target)^2, whatever trains the model; the same bits for any number of
/// threads. Works on a piece of the samples at a time, so that it takes no more than a mebibyte.
[[nodiscard]] double mean_squared_error(const Surrogate& surrogate, const SampleSet& samples);

/// A mean squared error below which growth says nothing: the mean square of the targets times the unit of the
/// precision, which is more than rounding leaves.
[[nodiscard]] double unresolved_error(const SampleSet& samples);

/// \param[in] before mean squared error over `samples` before `surrogate` was trained on them; where it is not finite
///                   nothing is asked of the trained model
/// \throws DivergenceError if it is now larger by more than largest_error_growth, or no longer finite
void require_no_growth(double before, const Surrogate& surrogate, const SampleSet& samples);

}  // namespace ailoop
