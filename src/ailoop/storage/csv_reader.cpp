// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/csv_reader.hpp>

#include <ailoop/core/decimal_text.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/csv_number.hpp>
#include <ailoop/storage/text_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <ranges>
#include <unordered_set>
#include <utility>

namespace ailoop {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string in_quotes(std::string_view text) { return '"' + excerpt(text) + '"'; }

/// How a delimiter is read, and what the setting calls it.
struct Separator {
  CsvDelimiter delimiter;
  std::string_view name;
  std::string_view characters;  // between two fields: one of them; of blanks any number
  std::string_view stops;       // what ends a field without quotes
  std::string_view blanks;      // what means nothing around a field
};
constexpr std::array<Separator, 4> separators = {{
    {CsvDelimiter::comma, "comma", ",", ",\"\r\n", " \t"},
    {CsvDelimiter::semicolon, "semicolon", ";", ";\"\r\n", " \t"},
    {CsvDelimiter::tab, "tab", "\t", "\t\"\r\n", " "},
    {CsvDelimiter::blank, "blank", " \t", " \t\"\r\n", " \t"},
}};

const Separator& separator_of(CsvDelimiter delimiter) {
  return *std::ranges::find(separators, delimiter, &Separator::delimiter);
}

/// Fields of a CSV text one after the other, without the blanks around them, with the line that each begins in.
class FieldScanner {
 public:
  FieldScanner(std::string_view text, CsvDelimiter delimiter, const std::string& source)
      : m_rest(text), m_separator(&separator_of(delimiter)), m_source(&source) {}

  [[nodiscard]] bool is_at_end() const { return m_rest.empty() && !m_is_inside_record; }

  /// Line of the next field.
  [[nodiscard]] std::int64_t line() const { return m_line; }

  [[nodiscard]] CsvDelimiter delimiter() const { return m_separator->delimiter; }

  /// Takes a field; its text is valid until the next call. \pre not at the end
  std::string_view next() {
    skip_blanks();
    const std::string_view field = m_rest.starts_with('"') ? quoted() : plain();
    skip_blanks();
    const bool is_last = m_rest.empty() || line_end() > 0;
    m_is_inside_record = !is_last;
    if (is_last) {
      m_line += m_rest.empty() ? 0 : 1;
      m_rest.remove_prefix(line_end());
    } else if (m_separator->delimiter != CsvDelimiter::blank) {
      m_rest.remove_prefix(1);
    }
    return field;
  }

  /// True if the field that was taken last is not the last one of its record.
  [[nodiscard]] bool is_inside_record() const { return m_is_inside_record; }

  [[noreturn]] void refuse(std::int64_t line, const std::string& what) const {
    throw InputOutputError(*m_source + ":" + std::to_string(line) + ": " + what);
  }

 private:
  /// Bytes of the line end at the start of the rest: 1 or 2, or 0 where there is none.
  [[nodiscard]] std::size_t line_end() const {
    return m_rest.starts_with("\r\n") ? 2 : m_rest.starts_with('\n') ? 1 : 0;
  }

  [[nodiscard]] bool is_at_one_of(std::string_view characters) const {
    return !m_rest.empty() && characters.find(m_rest.front()) != std::string_view::npos;
  }

  void skip_blanks() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(m_separator->blanks), m_rest.size())); }

  std::string_view plain() {
    const std::size_t length = std::min(m_rest.find_first_of(m_separator->stops), m_rest.size());
    const std::string_view field = detail::trimmed(m_rest.substr(0, length), m_separator->blanks);
    m_rest.remove_prefix(length);
    if (m_rest.starts_with('"')) {
      refuse(m_line, "a quote inside the field " + in_quotes(field) +
                         "; a field that holds one must be quoted, and the quote doubled");
    }
    if (m_rest.starts_with('\r') && line_end() == 0) {
      refuse(m_line, "a carriage return without a line feed; lines end with LF or CRLF");
    }
    return field;
  }

  std::string_view quoted() {
    const std::int64_t first_line = m_line;
    m_rest.remove_prefix(1);
    m_unquoted.clear();
    while (true) {
      const std::size_t length = m_rest.find('"');
      if (length == std::string_view::npos) {
        refuse(first_line, "a quoted field begins and does not end; a closing quote is needed");
      }
      const std::string_view piece = m_rest.substr(0, length);
      m_unquoted += piece;
      m_line += std::ranges::count(piece, '\n');
      m_rest.remove_prefix(length + 1);
      if (!m_rest.starts_with('"')) break;
      m_unquoted += '"';
      m_rest.remove_prefix(1);
    }
    const bool is_separated = is_at_one_of(m_separator->characters);
    skip_blanks();
    if (!is_separated && !is_at_one_of(m_separator->characters) && !m_rest.empty() && line_end() == 0) {
      refuse(m_line, "text behind a closing quote; a " + std::string(m_separator->name) +
                         " or the end of the line is allowed (a quote inside a quoted field is doubled)");
    }
    return m_unquoted;
  }

  std::string_view m_rest;
  const Separator* m_separator;
  const std::string* m_source;
  std::string m_unquoted;
  std::int64_t m_line = 1;
  bool m_is_inside_record = false;
};

/// \throws InputOutputError unless all of `text` is UTF-8 without NUL
void check_text(std::string_view text, const std::string& source) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0 || rest.front() == '\0') {
      const auto line = 1 + std::ranges::count(text.substr(0, text.size() - rest.size()), '\n');
      throw InputOutputError(fmt::format("{}:{}: has {}; text in UTF-8 is allowed", source, line,
                                         length == 0 ? "bytes that are not UTF-8" : "a NUL byte"));
    }
    rest.remove_prefix(length);
  }
}

/// The text without what means nothing: a byte-order mark, the # of numpy.savetxt before the names, and blank lines at
/// the end.
std::string_view without_frills(std::string_view text, CsvDelimiter delimiter) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.starts_with('#')) text.remove_prefix(1);
  const std::string_view blanks = separator_of(delimiter).blanks;
  while (true) {
    const std::size_t last = text.find_last_not_of(blanks);
    std::string_view before = text.substr(0, last + 1);
    if (!before.ends_with('\n')) return text;
    before.remove_suffix(before.ends_with("\r\n") ? 2 : 1);
    text = before;
  }
}

std::vector<std::string> read_header(FieldScanner& fields) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  do {
    const std::int64_t line = fields.line();
    const std::string& name = names.emplace_back(fields.next());
    if (!seen.insert(name).second) {
      fields.refuse(line, "column " + in_quotes(name) + ": occurs twice; every name is allowed once");
    }
  } while (fields.is_inside_record());
  return names;
}

/// What a header may be that has none of the names; empty where nothing is to be said.
std::string header_advice(const std::vector<std::string>& names) {
  if (std::ranges::all_of(names, detail::is_csv_number)) {
    return "; the first line must name the columns";
  }
  for (const Separator& separator : separators) {
    if (names.size() == 1 && names[0].find_first_of(separator.characters) != std::string::npos) {
      return "; where that is several names, set delimiter: " + std::string(separator.name);
    }
  }
  return "";
}

/// For each column of the file its place among the chosen ones, nothing for the others.
std::vector<std::optional<std::size_t>> places_of(const std::vector<std::string>& names,
                                                  std::span<const std::string> chosen, const std::string& source) {
  std::vector<std::optional<std::size_t>> places(names.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto found = std::ranges::find(names, chosen[i]);
    if (found == names.end()) {
      constexpr std::size_t n_told = 20;
      const auto told = std::span(names).first(std::min(n_told, names.size())) | std::views::transform(in_quotes);
      throw MissingColumn(
          fmt::format("{}:1: has no column {}; it has {}{}{}", source, in_quotes(chosen[i]), fmt::join(told, ", "),
                      names.size() > n_told ? ", ..." : "", header_advice(names)),
          i, names);
    }
    std::optional<std::size_t>& place = places[as_size(found - names.begin())];
    AILOOP_REQUIRE(!place, "parse_csv: the column " + in_quotes(chosen[i]) + " is asked for twice");
    place = i;
  }
  return places;
}

/// Reads the rows of a table one after the other.
class RowReader {
 public:
  RowReader(FieldScanner& fields, const std::vector<std::string>& names,
            const std::vector<std::optional<std::size_t>>& places, bool ends_with_delimiter)
      : m_fields(fields), m_names(names), m_places(places), m_width(ends_with_delimiter ? names.size() + 1 : 0) {}

  void read(std::span<double> row) {
    const std::int64_t first_line = m_fields.line();
    std::size_t n_fields = 0;
    std::string_view last;
    std::string fault;  // told only if the row is complete: a comma too many shifts all that follow
    std::int64_t fault_line = 0;
    do {
      const std::int64_t line = m_fields.line();
      last = m_fields.next();
      if (n_fields < m_names.size() && m_places[n_fields]) {
        const auto value = detail::csv_number(last);
        if (!value && fault.empty()) {
          const bool may_be_unit =
              m_width == 0 && !last.empty() && last.find_first_of("0123456789*") == std::string_view::npos;
          fault = fmt::format("column {}: {}{}", in_quotes(m_names[n_fields]), detail::csv_number_fault(last),
                              may_be_unit ? "; a row of units is not" : "");
          fault_line = line;
        }
        row[*m_places[n_fields]] = value.value_or(0.0);
      }
      ++n_fields;
    } while (m_fields.is_inside_record());
    require_width(first_line, n_fields, last.empty());
    if (!fault.empty()) m_fields.refuse(fault_line, fault);
  }

 private:
  /// As many fields as names; or in every row one more, which is empty: a delimiter at the end.
  void require_width(std::int64_t line, std::size_t n_fields, bool is_last_empty) {
    const bool has_one_more = n_fields == m_names.size() + 1 && is_last_empty;
    if (m_width == 0) m_width = has_one_more ? n_fields : m_names.size();
    if (n_fields == m_width && (n_fields == m_names.size() || has_one_more)) return;
    if (n_fields == m_width) m_fields.refuse(line, "has a number behind its last column (a decimal comma?)");
    const bool may_be_comma = m_fields.delimiter() == CsvDelimiter::comma && n_fields > m_width;
    m_fields.refuse(
        line, fmt::format("has {} field{}; {} are allowed, as in the {}{}", n_fields, n_fields == 1 ? "" : "s", m_width,
                          m_width == m_names.size() ? "header" : "rows before",
                          may_be_comma ? " (a decimal comma? numbers have a point)" : ""));
  }

  FieldScanner& m_fields;
  const std::vector<std::string>& m_names;
  const std::vector<std::optional<std::size_t>>& m_places;
  std::size_t m_width = 0;  // of a row, in fields; 0 until the first was read
};

}  // namespace

CsvTable parse_csv(std::string_view text, std::string source, std::span<const std::string> columns,
                   CsvDelimiter delimiter) {
  AILOOP_REQUIRE(!columns.empty(), "parse_csv: no column is asked for");
  check_text(text, source);
  text = without_frills(text, delimiter);
  if (text.empty()) throw InputOutputError(source + ": is empty; a line with the names of the columns is needed");

  CsvTable table{.source = std::move(source), .columns = {columns.begin(), columns.end()}, .values = {}, .lines = {}};
  FieldScanner fields(text, delimiter, table.source);
  std::vector<std::string> names = read_header(fields);
  const bool ends_with_delimiter = names.size() > 1 && names.back().empty();  // then every row does
  if (ends_with_delimiter) names.pop_back();
  const auto places = places_of(names, columns, table.source);
  RowReader rows(fields, names, places, ends_with_delimiter);
  while (!fields.is_at_end()) {
    table.lines.push_back(fields.line());
    table.values.resize(table.values.size() + columns.size());
    rows.read(std::span(table.values).last(columns.size()));
  }
  table.rows = std::ssize(table.lines);
  return table;
}

CsvTable read_csv(const std::filesystem::path& path, std::span<const std::string> columns, std::uint64_t size_limit,
                  CsvDelimiter delimiter) {
  return parse_csv(read_file(path, size_limit), path.string(), columns, delimiter);
}

}  // namespace ailoop
