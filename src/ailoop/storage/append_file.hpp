#pragma once

#include <ailoop/storage/file_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace ailoop {

/// What becomes of what a file holds when it is opened for writing; `keep` needs one that is there.
enum class FileStart { empty, keep };

}  // namespace ailoop

namespace ailoop::detail {

/// File that grows by whole records, through a buffer that is allocated once.
///
/// A record is written into `text()` and then either committed or discarded. Only committed records ever reach the
/// file; they do so at `flush`, `close`, in the destructor, or when the buffer is full. If the system takes only a part
/// of what is flushed (disk full), the file is cut back to its last complete record, and all unwritten records stay in
/// the buffer, so that a later flush loses and doubles nothing.
class AppendFile {
 public:
  /// \param start    whether an existing file is emptied or goes on where it ends
  /// \param capacity [bytes] buffered text beyond which a commit flushes
  /// \throws InputOutputError if it cannot be opened for writing
  explicit AppendFile(std::filesystem::path path, FileStart start = FileStart::empty,
                      std::size_t capacity = std::size_t{1} << 20);

  /// Flushes what is committed; what fails then is lost without a message, so call close() where that matters.
  ~AppendFile();

  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  AppendFile(AppendFile&&) = delete;
  AppendFile& operator=(AppendFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

  /// Starts a record. \throws UsageError if one is open already or the file is closed
  void begin();

  /// Text of the open record; append to it, never touch what is before `record_start()`.
  [[nodiscard]] std::string& text() noexcept { return m_buffer; }

  /// Where in `text()` the open record starts.
  [[nodiscard]] std::size_t record_start() const noexcept { return m_n_committed; }

  /// Ends the open record and adds a line feed. \throws InputOutputError if the buffer is full and cannot be flushed
  void commit();

  /// Forgets the open record, if there is one.
  void discard() noexcept;

  /// Bytes of committed records that the file does not have yet.
  [[nodiscard]] std::size_t n_buffered() const noexcept { return m_n_committed; }

  /// Hands all committed records to the operating system. \throws InputOutputError with path and reason
  void flush();

  /// Flushes, and sees to it that all of the file is on the disk.
  /// \return its length [bytes]
  /// \throws InputOutputError with path and reason
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
  FileDescriptor m_file;
  std::string m_buffer;           ///< committed records, then the open one
  std::size_t m_capacity;         ///< [bytes]
  std::size_t m_n_committed = 0;  ///< [bytes] of the buffer that are committed
  bool m_is_open_record = false;
};

}  // namespace ailoop::detail
