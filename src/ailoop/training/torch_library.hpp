#pragma once

#include <ailoop/training/torch_engine.hpp>

#include <memory>

// libailoop_torch.so, loaded when it is first asked for and never unloaded: half a second and 60 MB that ranks and runs
// without training do not spend.

namespace ailoop {

/// \throws DependencyError if the library cannot be loaded, which names the file, or if LibTorch refuses
[[nodiscard]] std::unique_ptr<TorchEngine> make_torch_engine(const LinearTraining& training);

/// Looks whether the library is where the loader will find it.
/// \param[in] load whether to load it, too: what is damaged shows only then
/// \throws DependencyError that names the folders, or the file
void require_torch(bool load);

}  // namespace ailoop
