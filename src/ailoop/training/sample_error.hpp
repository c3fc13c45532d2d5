// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <optional>
#include <string>

namespace ailoop {

/// How many times larger a training may make the mean squared error over its samples.
inline constexpr double largest_error_growth = 100.0;

/// How far off a model is over samples.
struct SampleError {
  double mean_square = 0.0;  ///< of (prediction - target), over samples and outputs, in the scaling of the network
  /// A mean square below which growth says nothing: that of the targets times the unit of the precision, which is more
  /// than rounding leaves.
  double unresolved = 0.0;
};

/// Block by block, in a fixed order. Collective.
/// \param[in] samples with outputs in the scaling of the network
[[nodiscard]] SampleError sample_error(const Surrogate& surrogate, const SharedSamples& samples);

/// What to say of a training after which the error is more than largest_error_growth times as large, or no longer
/// finite; nothing where it is not, or was not finite before.
[[nodiscard]] std::optional<std::string> growth_of_error(const TrainingReport& report);

}  // namespace ailoop
