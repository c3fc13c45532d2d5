#include <ailoop/storage/csv_writer.hpp>

#include <ailoop/core/error.hpp>

namespace ailoop {
namespace {

void append_field(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

CsvWriter::CsvWriter(const std::filesystem::path& path, std::span<const std::string> columns, FileStart start)
    : m_file(path, start), m_n_columns(columns.size()) {
  AILOOP_REQUIRE(!columns.empty(), path.string() + ": a table needs at least one column");
  if (start == FileStart::keep) return;
  Row header = row();
  for (const std::string& column : columns) header.add(column);
  header.end();
}

CsvWriter::Row CsvWriter::row() {
  m_file.begin();
  return Row(*this);
}

std::string& CsvWriter::next_cell(std::size_t n_cells_before) {
  std::string& text = m_file.text();
  if (n_cells_before > 0) text += ',';
  return text;
}

CsvWriter::Row& CsvWriter::Row::add(std::string_view text) {
  append_field(m_writer->next_cell(m_n_cells++), text);
  return *this;
}

CsvWriter::Row& CsvWriter::Row::add_empty() {
  static_cast<void>(m_writer->next_cell(m_n_cells++));
  return *this;
}

void CsvWriter::Row::end() {
  detail::AppendFile& file = m_writer->m_file;
  AILOOP_REQUIRE(!m_is_ended, file.path().string() + ": a row is ended twice");
  AILOOP_REQUIRE(m_n_cells == m_writer->m_n_columns, file.path().string() + ": a row has " + std::to_string(m_n_cells) +
                                                         " cells; the table has " +
                                                         std::to_string(m_writer->m_n_columns) + " columns");
  // Readers skip an empty line, which is what a lone empty cell would be.
  if (file.text().size() == file.record_start()) file.text() += "\"\"";
  m_is_ended = true;
  file.commit();
}

}  // namespace ailoop
