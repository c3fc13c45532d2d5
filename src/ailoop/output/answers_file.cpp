#include <ailoop/output/answers_file.hpp>

#include <string>
#include <vector>

namespace ailoop {

namespace {

/// `name` for one component, `name_0`, `name_1`, ... for several.
void add_columns(std::vector<std::string>& columns, const std::string& name, std::int64_t components) {
  for (std::int64_t i = 0; i < components; ++i) {
    columns.push_back(components == 1 ? name : name + "_" + std::to_string(i));
  }
}

std::vector<std::string> columns_of(const Facts& facts) {
  std::vector<std::string> columns = {"query"};
  add_columns(columns, "x", facts.dimension);
  for (const char* name : {"answer", "approximation", "bound", "truth"}) {
    add_columns(columns, name, facts.outputs);
  }
  for (const char* name : {"verdict", "attempts", "answered_by"}) {
    columns.emplace_back(name);
  }
  return columns;
}

void add_values(CsvWriter::Row& row, std::span<const double> values) {
  for (const double value : values) {
    row.add(value);
  }
}

/// What is not known becomes empty cells.
void add_values_or_empty(CsvWriter::Row& row, std::span<const double> values, std::size_t expected) {
  add_values(row, values);
  for (std::size_t i = values.size(); i < expected; ++i) {
    row.add_empty();
  }
}

}  // namespace

AnswersFile::AnswersFile(const std::filesystem::path& path, const Facts& facts, FileStart start)
    : m_outputs(static_cast<std::size_t>(facts.outputs)), m_table(path, columns_of(facts), start) {
  m_table.flush();
}

void AnswersFile::checked(const CheckLog& checks, const Tally& /*tally*/) {
  for (std::int64_t i = 0; i < checks.size(); ++i) {
    const CheckRecord record = checks[i];
    if (record.answered_by == AnsweredBy::nobody) {
      continue;
    }
    auto row = m_table.row();
    row.add(record.query);
    add_values(row, record.x);
    add_values(row, record.answer());
    add_values(row, record.approximation);
    add_values_or_empty(row, record.bound, m_outputs);
    add_values_or_empty(row, record.truth, m_outputs);
    row.add(to_string(record.judgement.verdict));
    row.add(record.attempt);
    row.add(to_string(record.answered_by));
    row.end();
  }
  m_table.flush();
}

void AnswersFile::ended(const Outcome& /*outcome*/) { m_table.close(); }

void AnswersFile::state(StateArchive& archive) {
  m_length = m_table.synchronise();
  archive.number("answers.bytes", m_length);
  m_table.require_length(m_length);
}

}  // namespace ailoop
