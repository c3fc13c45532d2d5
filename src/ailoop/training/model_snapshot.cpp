// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/model_snapshot.hpp>

#include <ailoop/storage/safetensors_archive.hpp>

namespace ailoop {

void ModelSnapshot::take(Surrogate& surrogate, Trainer& trainer) {
  m_arrays.tensors.clear();
  SafetensorsWriter writer(m_arrays);
  show_parameters(surrogate, writer);
  trainer.state(writer);
}

void ModelSnapshot::restore(Surrogate& surrogate, Trainer& trainer) const {
  SafetensorsReader reader(m_arrays);
  show_parameters(surrogate, reader);
  trainer.state(reader);
}

}  // namespace ailoop
