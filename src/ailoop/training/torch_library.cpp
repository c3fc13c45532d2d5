#include <ailoop/training/torch_library.hpp>

#include <ailoop/core/error.hpp>

#include <dlfcn.h>

#include <atomic>

namespace ailoop {

namespace {

constexpr const char* file_name = "libailoop_torch.so";  // found through the program's run path

std::atomic<bool> library_is_loaded = false;

[[noreturn]] void throw_loader_error() {
  const char* reason = dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc
  throw DependencyError(std::string("cannot load ") + file_name + ": " +
                        (reason != nullptr ? reason : "unknown reason"));
}

void* symbol(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) {
    throw_loader_error();
  }
  return found;
}

}  // namespace

TorchLibrary::TorchLibrary() {
  void* const library = dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw_loader_error();
  }
  m_make_engine = reinterpret_cast<MakeTorchEngine*>(symbol(library, make_torch_engine_symbol));
  m_version = reinterpret_cast<TorchVersion*>(symbol(library, torch_version_symbol));
  library_is_loaded = true;
}

const TorchLibrary& TorchLibrary::loaded() {
  static const TorchLibrary library;
  return library;
}

bool TorchLibrary::is_loaded() noexcept { return library_is_loaded; }

std::unique_ptr<TorchEngine> TorchLibrary::make_engine(const LinearTraining& training) const {
  return std::unique_ptr<TorchEngine>(m_make_engine(training));
}

std::string TorchLibrary::version() const { return m_version(); }

}  // namespace ailoop
