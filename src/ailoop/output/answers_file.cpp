// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/answers_file.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <fmt/format.h>

#include <span>

namespace ailoop {

namespace {

/// A cell for each; what is not known leaves them empty.
void append_cells(std::string& line, std::span<const double> values, std::int64_t expected) {
  for (const double value : values) {
    append_number(line, value);
    line += ',';
  }
  line.append(as_size(expected) - values.size(), ',');
}

}  // namespace

AnswersFile::AnswersFile(const std::filesystem::path& path, const Facts& facts, FileStart start)
    : m_dimension(facts.dimension), m_outputs(facts.outputs), m_table(path, start) {
  if (start == FileStart::keep) {
    return;
  }
  std::string header = fmt::format("query,{}", fmt::join(component_names("x", m_dimension), ","));
  for (const char* name : {"answer", "approximation", "bound", "truth"}) {
    header += fmt::format(",{}", fmt::join(component_names(name, m_outputs), ","));
  }
  m_table.append(header + ",verdict,attempts,answered_by");
  m_table.flush();
}

void AnswersFile::checked(const QueryTable& table, const Tally& /*tally*/) {
  table.each_record([&](const CheckRecord& record) {
    if (record.answered_by == AnsweredBy::nobody) {
      return;
    }
    m_line.clear();
    append_number(m_line, record.query);
    m_line += ',';
    append_cells(m_line, record.x, m_dimension);
    for (const auto values : {record.answer(), record.approximation, record.bound, record.truth}) {
      append_cells(m_line, values, m_outputs);
    }
    m_line.append(to_string(record.judgement.verdict)).append(1, ',');
    append_number(m_line, record.attempt);
    m_line.append(1, ',').append(to_string(record.answered_by));
    m_table.append(m_line);
  });
  m_table.flush();
}

void AnswersFile::ended(const Outcome& /*outcome*/) { m_table.close(); }

void AnswersFile::state(StateArchive& archive) {
  m_length = m_table.synchronise();
  archive.number("answers.bytes", m_length);
  m_table.require_length(m_length);
}

}  // namespace ailoop
