#include <ailoop/training/torch_library.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/training/shared_object.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "libailoop_torch.so";  // found through the program's run path

std::atomic<bool> library_is_loaded = false;

/// In any function of the object that asks for the library.
const void* here() { return reinterpret_cast<const void*>(&here); }

std::optional<fs::path> found_in(const std::vector<fs::path>& folders, const fs::path& name) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::exists(folder / name, error)) {
      return folder / name;
    }
  }
  return std::nullopt;
}

/// Where the library lies, or where it was looked for.
std::string place() {
  const std::vector<fs::path> folders = library_folders(here());
  if (const auto path = found_in(folders, file_name)) {
    return path->string();
  }
  std::string list;
  for (const fs::path& folder : folders) {
    list += (list.empty() ? "" : ":") + folder.string();
  }
  return std::string(file_name) + " (not in " + list + ")";
}

[[noreturn]] void throw_error(const std::string& reason) {
  throw DependencyError("cannot load " + place() + ": " + reason +
                        "; training.engine: libtorch needs this library of the same build, and LibTorch");
}

[[noreturn]] void throw_loader_error() {
  const char* reason = dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc
  throw_error(reason != nullptr ? reason : "unknown reason");
}

void* symbol(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) {
    throw_loader_error();
  }
  return found;
}

bool is_loaded_already(const std::string& name) {
  void* const library = dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (library != nullptr) {
    dlclose(library);
  }
  return library != nullptr;
}

/// Without doubt; what is in none of the folders may still be in the loader's cache.
bool will_load() {
  std::vector<fs::path> folders = library_folders(here());
  const auto path = found_in(folders, file_name);
  const auto object = path ? SharedObject::read(*path) : std::nullopt;
  if (!object || !object->contains(AILOOP_TORCH_INTERFACE)) {
    return false;
  }
  folders.insert(folders.end(), object->run_path().begin(), object->run_path().end());
  return std::ranges::all_of(object->needed(), [&](const std::string& name) {
    return found_in(folders, name).has_value() || is_loaded_already(name);
  });
}

}  // namespace

TorchLibrary::TorchLibrary() {
  if (const auto path = found_in(library_folders(here()), file_name); path && SharedObject::is_cut_short(*path)) {
    throw_error("the file ends before what its ELF header promises");
  }
  void* const library = dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw_loader_error();
  }
  auto* const interface = reinterpret_cast<TorchInterface*>(symbol(library, torch_interface_symbol));
  if (std::string_view(interface()) != AILOOP_TORCH_INTERFACE) {
    throw_error(std::string("it is for ") + interface() + ", this is " + AILOOP_TORCH_INTERFACE);
  }
  m_make_engine = reinterpret_cast<MakeTorchEngine*>(symbol(library, make_torch_engine_symbol));
  library_is_loaded = true;
}

const TorchLibrary& TorchLibrary::loaded() {
  static const TorchLibrary library;
  return library;
}

void TorchLibrary::require_loadable() {
  if (!library_is_loaded && !will_load()) {
    static_cast<void>(loaded());
  }
}

std::unique_ptr<TorchEngine> TorchLibrary::make_engine(const LinearTraining& training) const {
  return std::unique_ptr<TorchEngine>(m_make_engine(training));
}

}  // namespace ailoop
