#pragma once

#include <ailoop/storage/file_descriptor.hpp>

#include <chrono>
#include <filesystem>

namespace ailoop {

/// Keeps a folder for one process: no other FolderLock on it can be made on this node while this one lives; whether on
/// other nodes, too, depends on the file system. The system lets go of it however the process ends.
class FolderLock {
 public:
  /// Waits for it. Where the file system knows no locks the folder is taken without one.
  /// \throws InputOutputError if another process keeps the folder for so long, or it cannot be opened
  FolderLock(const std::filesystem::path& folder, std::chrono::milliseconds patience);

 private:
  detail::FileDescriptor m_folder;
};

}  // namespace ailoop
