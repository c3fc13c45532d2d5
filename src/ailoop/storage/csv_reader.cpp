#include <ailoop/storage/csv_reader.hpp>

#include <ailoop/core/decimal_text.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/text_file.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_set>
#include <utility>

namespace ailoop {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string in_quotes(std::string_view text) { return '"' + excerpt(text) + '"'; }

/// Fields of a CSV text one after the other, with the line that each begins in.
class FieldScanner {
 public:
  FieldScanner(std::string_view text, const std::string& source) : m_rest(text), m_source(&source) {}

  [[nodiscard]] bool is_at_end() const { return m_rest.empty() && !m_is_inside_record; }

  /// Line of the next field.
  [[nodiscard]] std::int64_t line() const { return m_line; }

  /// Takes a field; its text is valid until the next call. \pre not at the end
  std::string_view next() {
    const std::string_view field = m_rest.starts_with('"') ? quoted() : plain();
    m_is_inside_record = m_rest.starts_with(',');
    if (m_is_inside_record) {
      m_rest.remove_prefix(1);
    } else if (!m_rest.empty()) {
      m_rest.remove_prefix(line_end());
      ++m_line;
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

  std::string_view plain() {
    const std::size_t length = std::min(m_rest.find_first_of(",\"\r\n"), m_rest.size());
    const std::string_view field = m_rest.substr(0, length);
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
    if (!m_rest.empty() && !m_rest.starts_with(',') && line_end() == 0) {
      refuse(m_line,
             "text behind a closing quote; a comma or the end of the line is allowed (a quote inside a quoted "
             "field is doubled)");
    }
    return m_unquoted;
  }

  std::string_view m_rest;
  const std::string* m_source;
  std::string m_unquoted;
  std::int64_t m_line = 1;
  bool m_is_inside_record = false;
};

/// \throws InputOutputError unless all of `text` is UTF-8 without NUL
void check_text(std::string_view text, const std::string& source) {
  std::int64_t line = 1;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0 || rest.front() == '\0') {
      throw InputOutputError(source + ":" + std::to_string(line) + ": has " +
                             (length == 0 ? "bytes that are not UTF-8" : "a NUL byte") + "; text in UTF-8 is allowed");
    }
    if (rest.front() == '\n') ++line;
    rest.remove_prefix(length);
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

/// For each column of the file its place among the chosen ones, nothing for the others.
std::vector<std::optional<std::size_t>> places_of(const std::vector<std::string>& names,
                                                  std::span<const std::string> chosen, const std::string& source) {
  std::vector<std::optional<std::size_t>> places(names.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto found = std::ranges::find(names, chosen[i]);
    if (found == names.end()) {
      std::string present;
      constexpr std::size_t n_told = 20;
      for (std::size_t k = 0; k < names.size() && k < n_told; ++k) {
        present += (k > 0 ? ", " : "") + in_quotes(names[k]);
      }
      if (names.size() > n_told) present += ", ...";
      throw InputOutputError(source + ":1: has no column " + in_quotes(chosen[i]) + "; it has " + present);
    }
    std::optional<std::size_t>& place = places[static_cast<std::size_t>(found - names.begin())];
    AILOOP_REQUIRE(!place, "parse_csv: the column " + in_quotes(chosen[i]) + " is asked for twice");
    place = i;
  }
  return places;
}

/// What is wrong with a field that is no number; \pre it is none
std::string fault_of(std::string_view field) {
  const std::string found = field.empty()                   ? "is empty"
                            : detail::is_number_text(field) ? excerpt(field) + " is out of the range of 64-bit numbers"
                                                            : in_quotes(field) + " is no number";
  return found + "; a plain decimal number is allowed";
}

void read_row(FieldScanner& fields, const std::vector<std::string>& names,
              const std::vector<std::optional<std::size_t>>& places, std::span<double> row) {
  const std::int64_t first_line = fields.line();
  std::size_t n_fields = 0;
  std::string fault;  // told only if the row is complete: a comma too many shifts all that follow
  std::int64_t fault_line = 0;
  do {
    const std::int64_t line = fields.line();
    const std::string_view field = fields.next();
    if (n_fields < names.size() && places[n_fields]) {
      const auto value = detail::is_number_text(field) ? detail::to_double(field) : std::nullopt;
      if (!value && fault.empty()) {
        fault = "column " + in_quotes(names[n_fields]) + ": " + fault_of(field);
        fault_line = line;
      }
      row[*places[n_fields]] = value.value_or(0.0);
    }
    ++n_fields;
  } while (fields.is_inside_record());
  if (n_fields != names.size()) {
    fields.refuse(first_line, "has " + std::to_string(n_fields) + (n_fields == 1 ? " field; " : " fields; ") +
                                  std::to_string(names.size()) + " are allowed, as in the header");
  }
  if (!fault.empty()) fields.refuse(fault_line, fault);
}

}  // namespace

CsvTable parse_csv(std::string_view text, std::string source, std::span<const std::string> columns) {
  AILOOP_REQUIRE(!columns.empty(), "parse_csv: no column is asked for");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.empty()) throw InputOutputError(source + ": is empty; a line with the names of the columns is needed");
  check_text(text, source);

  CsvTable table;
  table.source = std::move(source);
  table.columns.assign(columns.begin(), columns.end());
  FieldScanner fields(text, table.source);
  const std::vector<std::string> names = read_header(fields);
  const auto places = places_of(names, columns, table.source);
  while (!fields.is_at_end()) {
    table.lines.push_back(fields.line());
    table.values.resize(table.values.size() + columns.size());
    read_row(fields, names, places, std::span(table.values).last(columns.size()));
  }
  table.rows = static_cast<std::int64_t>(table.lines.size());
  return table;
}

CsvTable read_csv(const std::filesystem::path& path, std::span<const std::string> columns, std::uint64_t size_limit) {
  return parse_csv(read_file(path, size_limit), path.string(), columns);
}

}  // namespace ailoop
