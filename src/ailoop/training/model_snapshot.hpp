#pragma once

#include <ailoop/core/vector_growth.hpp>
#include <ailoop/surrogate/surrogate.hpp>
#include <ailoop/training/trainer.hpp>

#include <cstddef>
#include <vector>

namespace ailoop {

/// A copy in memory of a model's parameters and of its optimizer's state, to go back to.
class ModelSnapshot {
 public:
  /// Bytes of a copy of so many, which grows array by array.
  [[nodiscard]] static double bytes(double model) { return vector_growth * model; }

  /// Replaces what was kept.
  void take(Surrogate& surrogate, Trainer& trainer);

  /// Gives the model back what was kept, bit by bit. \pre taken of the same surrogate and trainer
  void restore(Surrogate& surrogate, Trainer& trainer) const;

 private:
  std::vector<std::byte> m_bytes;
};

}  // namespace ailoop
