#include <ailoop/loop/check_log.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>

namespace ailoop {

namespace {

std::vector<double> rows(std::int64_t count, std::int64_t width) {
  return std::vector<double>(static_cast<std::size_t>(count * width));
}

template <class Numbers>
auto row(Numbers& numbers, std::int64_t index, std::int64_t width) {
  return std::span(numbers).subspan(static_cast<std::size_t>(index * width), static_cast<std::size_t>(width));
}

}  // namespace

std::string_view to_string(AnsweredBy who) {
  switch (who) {
    case AnsweredBy::nobody:
      return "nobody";
    case AnsweredBy::surrogate:
      return "surrogate";
    case AnsweredBy::truth:
      return "truth";
  }
  return "";
}

CheckLog::CheckLog(std::int64_t capacity, std::int64_t dimension, std::int64_t outputs)
    : m_capacity(capacity),
      m_dimension(dimension),
      m_outputs(outputs),
      m_entries(static_cast<std::size_t>(capacity)),
      m_x(rows(capacity, dimension)),
      m_surrogate(rows(capacity, outputs)),
      m_approximation(rows(capacity, outputs)),
      m_bound(rows(capacity, outputs)),
      m_truth(rows(capacity, outputs)) {
  AILOOP_REQUIRE(capacity >= 1, "CheckLog: room for at least one check");
}

void CheckLog::add(const CheckRecord& record) {
  AILOOP_REQUIRE(!is_full(), "CheckLog: full");
  m_entries[static_cast<std::size_t>(m_size)] = {record.query,         record.attempt,     record.seconds,
                                                 record.judgement,     record.answered_by, record.exhausted,
                                                 !record.truth.empty()};
  std::ranges::copy(record.x, row(m_x, m_size, m_dimension).begin());
  std::ranges::copy(record.surrogate, row(m_surrogate, m_size, m_outputs).begin());
  std::ranges::copy(record.approximation, row(m_approximation, m_size, m_outputs).begin());
  std::ranges::copy(record.truth, row(m_truth, m_size, m_outputs).begin());
  ++m_size;
}

CheckRecord CheckLog::operator[](std::int64_t index) const {
  const Entry& entry = m_entries[static_cast<std::size_t>(index)];
  CheckRecord record;
  record.query = entry.query;
  record.attempt = entry.attempt;
  record.seconds = entry.seconds;
  record.judgement = entry.judgement;
  record.answered_by = entry.answered_by;
  record.exhausted = entry.exhausted;
  record.x = row(m_x, index, m_dimension);
  record.surrogate = row(m_surrogate, index, m_outputs);
  record.approximation = row(m_approximation, index, m_outputs);
  if (m_has_bound) {
    record.bound = row(m_bound, index, m_outputs);
  }
  if (m_has_all_truths || entry.has_truth) {
    record.truth = row(m_truth, index, m_outputs);
  }
  return record;
}

std::span<const double> CheckLog::x() const {
  return std::span(m_x).first(static_cast<std::size_t>(m_size * m_dimension));
}

std::span<double> CheckLog::bound() {
  m_has_bound = true;
  return std::span(m_bound).first(static_cast<std::size_t>(m_size * m_outputs));
}

std::span<double> CheckLog::truth() {
  m_has_all_truths = true;
  return std::span(m_truth).first(static_cast<std::size_t>(m_size * m_outputs));
}

}  // namespace ailoop
