#pragma once

#include <ailoop/storage/append_file.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/number_text.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// Writer of a log with one JSON object a line: valid UTF-8 whatever the text, numbers in their shortest round-trip
/// form, what is not finite as `null`.
///
/// Lines go to a buffer that is allocated once; the file gets complete lines only, at `flush`, at `close` or when the
/// buffer is full (1 MiB).
class JsonLinesWriter {
 public:
  /// Object that is being written, keys in the order of the calls (the caller sees to it that they differ); it enters
  /// the log with `end()` and is dropped without it.
  class Line {
   public:
    ~Line() {
      if (!m_is_ended) m_writer->m_file.discard();
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    Line(Line&&) = delete;
    Line& operator=(Line&&) = delete;

    /// Appends a key with a number.
    template <Number T>
    Line& add(std::string_view key, T value) {
      append_json_number(next_value(key), value);
      return *this;
    }

    /// Appends a key with a truth value.
    template <std::same_as<bool> T>
    Line& add(std::string_view key, T value) {
      next_value(key) += value ? "true" : "false";
      return *this;
    }

    /// Appends a key with a text.
    Line& add(std::string_view key, std::string_view text);

    /// Appends a key with an array of numbers.
    Line& add(std::string_view key, std::span<const double> values);

    /// Appends a key without a value: `null`.
    Line& add_null(std::string_view key);

    /// Completes the object. \throws InputOutputError if the buffer is full and cannot be written
    void end();

   private:
    friend class JsonLinesWriter;
    explicit Line(JsonLinesWriter& writer) : m_writer(&writer) {}

    [[nodiscard]] std::string& next_value(std::string_view key);

    JsonLinesWriter* m_writer;
    bool m_is_ended = false;
  };

  /// \throws InputOutputError if the file cannot be opened for writing
  explicit JsonLinesWriter(const std::filesystem::path& path, FileStart start = FileStart::empty)
      : m_file(path, start) {}

  /// Starts an object; at most one is open at a time.
  [[nodiscard]] Line line();

  /// Bytes of complete lines that the file does not have yet.
  [[nodiscard]] std::size_t n_buffered() const noexcept { return m_file.n_buffered(); }

  /// Hands all complete lines to the operating system; after a failure they are kept for the next attempt.
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
  detail::AppendFile m_file;
};

}  // namespace ailoop
