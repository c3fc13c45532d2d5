#pragma once

#include <ailoop/training/torch_engine.hpp>

#include <memory>

namespace ailoop {

/// libailoop_torch.so, loaded when it is first asked for and never unloaded: half a second and 60 MB that ranks and
/// runs without training do not spend.
class TorchLibrary {
 public:
  /// The library of this process.
  /// \throws DependencyError if it cannot be loaded; the message names the file
  [[nodiscard]] static const TorchLibrary& loaded();

  /// Looks whether the library is where the loader will find it, without loading it: what is damaged shows when it is
  /// loaded.
  /// \throws DependencyError that names the folders
  static void require_found();

  /// \throws DependencyError if LibTorch refuses
  [[nodiscard]] std::unique_ptr<TorchEngine> make_engine(const LinearTraining& training) const;

 private:
  TorchLibrary();

  MakeTorchEngine* m_make_engine = nullptr;
};

}  // namespace ailoop
