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

  /// Looks whether the library will be found when it is needed, and what it needs itself, without loading LibTorch: the
  /// file, its ELF header, the interface it was built for, and the libraries that it names. Where any of this is in
  /// doubt the loader is asked, whose word is final.
  /// \throws DependencyError as `loaded` does
  static void require_loadable();

  /// \throws DependencyError if LibTorch refuses
  [[nodiscard]] std::unique_ptr<TorchEngine> make_engine(const LinearTraining& training) const;

 private:
  TorchLibrary();

  MakeTorchEngine* m_make_engine = nullptr;
};

}  // namespace ailoop
