// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {

/// Numbers from chosen columns of a CSV file.
struct CsvTable {
  std::string source;                ///< where they came from; the start of every message
  std::vector<std::string> columns;  ///< the chosen columns, in the order in which they were asked for
  std::int64_t rows = 0;             ///< lines behind the header; none is allowed
  std::vector<double> values;        ///< (rows, columns.size()) row-major, all finite
  std::vector<std::int64_t> lines;   ///< (rows) line of the file in which each row begins, from 1
};

/// What stands between two fields; `blank` is any number of spaces and tabs.
enum class CsvDelimiter { comma, semicolon, tab, blank };

/// A table has no column of a chosen name; the message says which it has.
class MissingColumn : public InputOutputError {
 public:
  /// \param index   of the chosen column
  /// \param present names of the columns that there are
  MissingColumn(const std::string& message, std::size_t index, std::vector<std::string> present)
      : InputOutputError(message), m_index(index), m_present(std::move(present)) {}

  [[nodiscard]] std::size_t index() const noexcept { return m_index; }
  [[nodiscard]] const std::vector<std::string>& present() const noexcept { return m_present; }

 private:
  std::size_t m_index;
  std::vector<std::string> m_present;
};

/// Reads chosen columns of a table as numbers: what has one meaning is read, everything else is refused.
///
/// Fields as RFC 4180: separated by the delimiter, quoted where they hold one, a line break or a quote (which is
/// doubled); a record ends with LF or CRLF, the last one also with the file. The first record is the header, before
/// which a # may stand, as numpy.savetxt writes it; every other record has as many fields, or all of them have a
/// delimiter at their end. Spaces and tabs around a field mean nothing, nor do blank lines at the end. No two columns
/// have the same name. The text is UTF-8 without NUL; a byte-order mark at its start is skipped.
///
/// Only the chosen columns are read as numbers, quoted or not: decimal ones that a double can hold (`-1.5e-3`, `.5`,
/// `1.`, `+2`, `0.5E+00`; no inf or nan). The other columns may hold any text, or none: the answers.csv of a run is
/// such a file.
///
/// \param columns    names of the columns, compared byte for byte; at least one, all different
/// \param size_limit [bytes] largest file that is read
/// \throws MissingColumn    if the file lacks one of them
/// \throws InputOutputError `FILE:LINE: column "NAME": what was found; what is allowed`, without what does not apply
/// \throws UsageError       if `columns` is empty or has a name twice
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path, std::span<const std::string> columns,
                                std::uint64_t size_limit, CsvDelimiter delimiter = CsvDelimiter::comma);

/// The same for text in memory. \param source start of every message
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string source, std::span<const std::string> columns,
                                 CsvDelimiter delimiter = CsvDelimiter::comma);

}  // namespace ailoop
