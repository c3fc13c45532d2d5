// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/safetensors.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

namespace ailoop {

/// A copy in memory of a model's parameters and of its optimizer's state, to go back to.
class ModelSnapshot {
 public:
  /// Bytes of a copy of so many, and for a moment of its largest array once more.
  [[nodiscard]] static double bytes(double model) { return 2.0 * model; }

  /// Replaces what was kept.
  void take(Surrogate& surrogate, Trainer& trainer);

  /// Gives the model back what was kept, bit by bit. \pre taken of the same surrogate and trainer
  void restore(Surrogate& surrogate, Trainer& trainer) const;

 private:
  SafetensorsFile m_arrays;
};

}  // namespace ailoop
