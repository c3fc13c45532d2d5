// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/file_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ailoop {

/// What becomes of what a file holds when it is opened for writing; `keep` needs one that is there.
enum class FileStart { empty, keep };

/// File that grows by whole lines, through a buffer that is allocated once.
///
/// Lines reach the file at `flush`, `close`, in the destructor, or when the buffer is full. If the system takes only a
/// part of what is flushed (disk full), the file is cut back to its last complete line, and all unwritten lines stay in
/// the buffer, so that a later flush loses and doubles nothing.
class AppendFile {
 public:
  static constexpr std::size_t usual_capacity = std::size_t{1} << 20;  ///< [bytes]

  /// Bytes of its buffer.
  [[nodiscard]] static double bytes(std::size_t capacity = usual_capacity);

  /// \param start    whether an existing file is emptied or goes on where it ends
  /// \param capacity [bytes] buffered text beyond which a line flushes
  /// \throws InputOutputError if it cannot be opened for writing
  explicit AppendFile(std::filesystem::path path, FileStart start = FileStart::empty,
                      std::size_t capacity = usual_capacity);

  /// Flushes; what fails then is lost without a message, so call close() where that matters.
  ~AppendFile();

  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Adds a line and its line feed.
  /// \throws UsageError       if the file is closed
  /// \throws InputOutputError if the buffer is full and cannot be flushed; the line stays in it
  void append(std::string_view line);

  /// Bytes that the file does not have yet.
  [[nodiscard]] std::size_t n_buffered() const noexcept { return m_buffer.size(); }

  /// Hands all lines to the operating system. \throws InputOutputError with path and reason
  void flush();

  /// Flushes, and sees to it that all of the file is on the disk.
  /// \return its length [bytes]
  /// \throws InputOutputError with path and reason, also if the file is in no folder any more
  std::int64_t synchronise();

  /// \throws InputOutputError if the file has fewer bytes than that
  void require_length(std::int64_t length) const;

  /// Cuts the file back to its first `length` bytes. \pre nothing is buffered, and the file is not shorter
  /// \throws InputOutputError if it cannot be cut
  void cut(std::int64_t length);

  /// Flushes and closes; does nothing the second time.
  /// \throws InputOutputError with path and reason; the file is closed then, too, unless the flush failed
  void close();

 private:
  [[nodiscard]] int flush_buffer() noexcept;

  std::filesystem::path m_path;
  detail::FileDescriptor m_file;
  std::string m_buffer;    ///< whole lines
  std::size_t m_capacity;  ///< [bytes]
};

}  // namespace ailoop
