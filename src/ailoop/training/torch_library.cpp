// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/training/torch_optimizer.hpp>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "libailoop_torch.so";  // found through the program's run path

/// In any function of the object that asks for the library.
const void* here() { return reinterpret_cast<const void*>(&here); }

/// Folders in which the loader looks for the library: LD_LIBRARY_PATH, the run path, the system's. Incomplete where the
/// loader's cache names others.
std::vector<fs::path> library_folders() {
  Dl_info place{};
  link_map* object = nullptr;
  Dl_serinfo size{};
  if (dladdr1(here(), &place, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) == 0 || object == nullptr ||
      dlinfo(object, RTLD_DI_SERINFOSIZE, &size) != 0) {
    return {};
  }
  std::vector<std::max_align_t> memory(size.dls_size / sizeof(std::max_align_t) + 1);
  auto* const found = reinterpret_cast<Dl_serinfo*>(memory.data());
  std::memcpy(found, &size, sizeof(size.dls_size) + sizeof(size.dls_cnt));
  if (dlinfo(object, RTLD_DI_SERINFO, found) != 0) {
    return {};
  }
  std::vector<fs::path> folders;
  const Dl_serpath* const first = found->dls_serpath;
  for (unsigned i = 0; i < found->dls_cnt; ++i) {
    folders.emplace_back(first[i].dls_name);
  }
  return folders;
}

std::optional<fs::path> path_of_library() {
  for (const fs::path& folder : library_folders()) {
    std::error_code error;
    if (fs::exists(folder / file_name, error)) {
      return folder / file_name;
    }
  }
  return std::nullopt;
}

/// Where the library lies, or where it was looked for.
std::string place() {
  if (const auto path = path_of_library()) {
    return path->string();
  }
  std::string list;
  for (const fs::path& folder : library_folders()) {
    list += (list.empty() ? "" : ":") + folder.string();
  }
  return std::string(file_name) + " (not in " + list + ")";
}

/// Whether a file ends before the table that its ELF header promises at its end: the loader would die of it by a
/// signal.
bool is_cut_short(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  ElfW(Ehdr) header{};
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return file && !error && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_shoff + std::uintmax_t{header.e_shnum} * header.e_shentsize > size;
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

MakeTorchOptimizer* load_library() {
  if (const auto path = path_of_library(); path && is_cut_short(*path)) {
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
  return reinterpret_cast<MakeTorchOptimizer*>(symbol(library, make_torch_optimizer_symbol));
}

/// Of the library of this process.
MakeTorchOptimizer* loaded() {
  static MakeTorchOptimizer* const make_optimizer = load_library();
  return make_optimizer;
}

}  // namespace

std::unique_ptr<TorchOptimizer> make_torch_optimizer(const ModelTraining& training, const Surrogate& surrogate,
                                                     Execution execution, std::int64_t piece_bytes) {
  return std::unique_ptr<TorchOptimizer>(loaded()(training, surrogate, execution, piece_bytes));
}

void require_torch(bool load) {
  if (load || !path_of_library()) {  // the loader may know of another place, and says best where it looked
    loaded();
  }
}

}  // namespace ailoop
