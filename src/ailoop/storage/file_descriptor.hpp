// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// Owner of a POSIX file descriptor; closes it when it goes, without reporting.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) noexcept : m_descriptor(descriptor) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int get() const noexcept { return m_descriptor; }
  [[nodiscard]] bool is_open() const noexcept { return m_descriptor >= 0; }

  /// Closes now. \return 0, or the errno of the failed close; the descriptor is gone either way
  int close() noexcept;

 private:
  int m_descriptor = -1;
};

/// Opens `path`, again when a signal interrupts. The descriptor is closed on exec.
/// \return a descriptor that is not open, with errno set, on failure
[[nodiscard]] FileDescriptor open_file(const std::filesystem::path& path, int flags, unsigned mode = 0666) noexcept;

/// How far a transfer came.
struct Transfer {
  std::size_t bytes = 0;
  int error = 0;  ///< 0, or the errno that ended it
};

/// Writes all of `bytes` at the file's position, in as many calls as it takes.
[[nodiscard]] Transfer write_all(int descriptor, std::string_view bytes) noexcept;

/// Reads until `buffer` is full or the file ends.
[[nodiscard]] Transfer read_all(int descriptor, std::span<char> buffer) noexcept;

/// Hands all of a file, or the names in a folder, to the disk.
/// \return 0 or an errno; file systems that cannot synchronise (EINVAL, ENOTSUP) have nothing to lose by it
[[nodiscard]] int synchronise(int descriptor) noexcept;

struct OpenedFile {
  FileDescriptor descriptor;
  std::uint64_t size = 0;  ///< [bytes] as the system tells; some virtual files tell 0
};

/// Opens a regular file of at most `size_limit` bytes for reading; never waits, not even for the writer of a FIFO.
/// \throws InputOutputError if it is missing, not a regular file, unreadable or larger
[[nodiscard]] OpenedFile open_regular_file(const std::filesystem::path& path, std::uint64_t size_limit);

/// \throws InputOutputError `path: what: text of the error number`, in the form that every message of this folder has
[[noreturn]] void throw_system_error(const std::filesystem::path& path, std::string_view what, int error);

/// \throws InputOutputError the same, unless `error` is 0
void require_no_error(const std::filesystem::path& path, std::string_view what, int error);

}  // namespace ailoop::detail
