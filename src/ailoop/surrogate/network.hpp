// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/precision.hpp>

#include <cstdint>
#include <vector>

namespace ailoop {

/// What a layer does with each of its sums.
enum class Activation : std::uint8_t { identity, tanh };

/// A dense layer: outputs = activation(W inputs + b).
struct Layer {
  std::int64_t outputs = 1;
  Activation activation = Activation::identity;
};

/// The trained part of a surrogate: dense layers over the features that its input map makes of x. Its arrays are a
/// weight (outputs, inputs), row-major, and a bias (outputs) for each layer in turn.
struct Network {
  Precision precision = Precision::float32;
  std::int64_t inputs = 1;  ///< features
  std::vector<Layer> layers;

  [[nodiscard]] std::int64_t outputs() const { return layers.back().outputs; }
  /// Whether it is W phi + b.
  [[nodiscard]] bool is_linear() const {
    return layers.size() == 1 && layers.front().activation == Activation::identity;
  }
};

}  // namespace ailoop
