#pragma once

#include <ailoop/storage/append_file.hpp>
#include <ailoop/storage/number_text.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// Writer of a table with a header line: fields as RFC 4180 (quoted where they must be), lines ended by a line feed,
/// numbers in their shortest round-trip form, what is not finite as `nan`, `inf`, `-inf`.
///
/// Rows go to a buffer that is allocated once; the file gets complete rows only, at `flush`, at `close` or when the
/// buffer is full (1 MiB).
class CsvWriter {
 public:
  /// Row that is being written; it enters the table with `end()` and is dropped without it.
  class Row {
   public:
    ~Row() {
      if (!m_is_ended) m_writer->m_file.discard();
    }
    Row(const Row&) = delete;
    Row& operator=(const Row&) = delete;
    Row(Row&&) = delete;
    Row& operator=(Row&&) = delete;

    /// Appends a cell.
    template <Number T>
    Row& add(T value) {
      append_number(m_writer->next_cell(m_n_cells++), value);
      return *this;
    }

    /// Appends a cell; an empty text is written as "", which differs from an empty cell.
    Row& add(std::string_view text);

    /// Appends an empty cell: no value.
    Row& add_empty();

    /// Completes the row.
    /// \throws UsageError       unless the row has as many cells as the table has columns
    /// \throws InputOutputError if the buffer is full and cannot be written
    void end();

   private:
    friend class CsvWriter;
    explicit Row(CsvWriter& writer) : m_writer(&writer) {}

    CsvWriter* m_writer;
    std::size_t m_n_cells = 0;
    bool m_is_ended = false;
  };

  /// \param start with `empty` the header line is buffered; with `keep` the file has one
  /// \throws UsageError       if there is no column
  /// \throws InputOutputError if the file cannot be opened for writing
  CsvWriter(const std::filesystem::path& path, std::span<const std::string> columns,
            FileStart start = FileStart::empty);

  /// Starts a row; at most one is open at a time.
  [[nodiscard]] Row row();

  /// Bytes of complete rows that the file does not have yet.
  [[nodiscard]] std::size_t n_buffered() const noexcept { return m_file.n_buffered(); }

  /// Hands all complete rows to the operating system; after a failure they are kept for the next attempt.
  /// \throws InputOutputError with path and reason (disk full, ...)
  void flush() { m_file.flush(); }

  /// See AppendFile.
  std::int64_t synchronise() { return m_file.synchronise(); }
  void require_length(std::int64_t length) const { m_file.require_length(length); }
  void cut(std::int64_t length) { m_file.cut(length); }

  /// Flushes and closes; the destructor does it, too, but cannot report a failure.
  /// \throws InputOutputError with path and reason
  void close() { m_file.close(); }

 private:
  [[nodiscard]] std::string& next_cell(std::size_t n_cells_before);

  detail::AppendFile m_file;
  std::size_t m_n_columns;
};

}  // namespace ailoop
