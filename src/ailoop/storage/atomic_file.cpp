// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/atomic_file.hpp>

#include <ailoop/storage/file_descriptor.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace ailoop {
namespace {

constexpr std::string_view temporary_prefix = ".ailoop-";
constexpr std::string_view temporary_suffix = ".tmp";

/// A new file in the folder, and its name; not open, with errno set, on failure.
detail::FileDescriptor create_temporary(const std::filesystem::path& folder, std::filesystem::path& name) {
  detail::FileDescriptor file;
  // Another process (on another node, with the same id) may have left a file of this name: take the next one.
  for (int attempt = 0; attempt < 10000; ++attempt) {
    name = folder / (std::string(temporary_prefix) + std::to_string(::getpid()) + "-" + std::to_string(attempt) +
                     std::string(temporary_suffix));
    file = detail::open_file(name, O_WRONLY | O_CREAT | O_EXCL);
    if (file.is_open() || errno != EEXIST) break;
  }
  return file;
}

}  // namespace

void synchronise_folder(const std::filesystem::path& folder) {
  const detail::FileDescriptor folder_file = detail::open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!folder_file.is_open()) detail::throw_system_error(folder, "cannot be opened to make a rename durable", errno);
  detail::require_no_error(folder, "cannot make a rename durable", detail::synchronise(folder_file.get()));
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::path temporary;
  detail::FileDescriptor file = create_temporary(folder, temporary);
  if (!file.is_open()) detail::throw_system_error(path, "cannot be created", errno);
  try {
    detail::require_no_error(path, "cannot be written", detail::write_all(file.get(), content).error);
    detail::require_no_error(path, "cannot be written", detail::synchronise(file.get()));
    detail::require_no_error(path, "cannot be written", file.close());
    if (::rename(temporary.c_str(), path.c_str()) != 0) detail::throw_system_error(path, "cannot be replaced", errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  synchronise_folder(folder);
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) detail::throw_system_error(to, "cannot be replaced", errno);
  synchronise_folder(to.parent_path());
}

void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code error;  // what cannot be removed does no harm
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(temporary_prefix) && name.ends_with(temporary_suffix)) {
      std::filesystem::remove(entry.path(), error);
    }
  }
}

}  // namespace ailoop
