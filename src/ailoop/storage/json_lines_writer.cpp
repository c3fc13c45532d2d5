#include <ailoop/storage/json_lines_writer.hpp>

#include <ailoop/core/error.hpp>

namespace ailoop {

JsonLinesWriter::Line JsonLinesWriter::line() {
  m_file.begin();
  m_file.text() += '{';
  return Line(*this);
}

std::string& JsonLinesWriter::Line::next_value(std::string_view key) {
  std::string& text = m_writer->m_file.text();
  if (text.size() > m_writer->m_file.record_start() + 1) text += ", ";
  append_json_string(text, key);
  text += ": ";
  return text;
}

JsonLinesWriter::Line& JsonLinesWriter::Line::add(std::string_view key, std::string_view text) {
  append_json_string(next_value(key), text);
  return *this;
}

JsonLinesWriter::Line& JsonLinesWriter::Line::add(std::string_view key, std::span<const double> values) {
  std::string& text = next_value(key);
  text += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    append_json_number(text, values[i]);
  }
  text += ']';
  return *this;
}

JsonLinesWriter::Line& JsonLinesWriter::Line::add_null(std::string_view key) {
  next_value(key) += "null";
  return *this;
}

void JsonLinesWriter::Line::end() {
  detail::AppendFile& file = m_writer->m_file;
  AILOOP_REQUIRE(!m_is_ended, file.path().string() + ": a line is ended twice");
  file.text() += '}';
  m_is_ended = true;
  file.commit();
}

}  // namespace ailoop
