#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

/// Reads chosen columns of a CSV file as numbers, strictly: what is not understood is refused.
///
/// Fields as RFC 4180: separated by commas, quoted where they hold a comma, a line break or a quote (which is doubled);
/// a record ends with LF or CRLF, the last one also with the file. The first record is the header; every other record
/// has as many fields, so that an empty line is one only in a table of one column. No two columns have the same name.
/// The text is UTF-8 without NUL; a byte-order mark at its start is skipped.
///
/// Only the chosen columns are read as numbers, quoted or not: those of JSON (decimal, no plus sign, no inf or nan)
/// that a double can hold. Spaces belong to a field, as RFC 4180 has it, so they are refused there. The other columns
/// may hold any text, or none: the answers.csv of a run is such a file.
///
/// \param columns    names of the columns, compared byte for byte; at least one, all different
/// \param size_limit [bytes] largest file that is read
/// \throws InputOutputError `FILE:LINE: column "NAME": what was found; what is allowed`, without what does not apply
/// \throws UsageError       if `columns` is empty or has a name twice
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path, std::span<const std::string> columns,
                                std::uint64_t size_limit);

/// The same for text in memory. \param source start of every message
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string source, std::span<const std::string> columns);

}  // namespace ailoop
