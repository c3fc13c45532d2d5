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

AnsweredBy answerer(Settled settled) {
  switch (settled) {
    case Settled::by_surrogate:
      return AnsweredBy::surrogate;
    case Settled::by_truth:
      return AnsweredBy::truth;
    case Settled::no:
    case Settled::skipped:
    case Settled::set_aside:
      break;
  }
  return AnsweredBy::nobody;
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
      m_check_of(static_cast<std::size_t>(capacity)),
      m_queries(static_cast<std::size_t>(capacity)),
      m_judgements(static_cast<std::size_t>(capacity)),
      m_settled(static_cast<std::size_t>(capacity)),
      m_has_truth(static_cast<std::size_t>(capacity)),
      m_x(rows(capacity, dimension)),
      m_surrogate(rows(capacity, outputs)),
      m_approximation(rows(capacity, outputs)),
      m_bound(rows(capacity, outputs)),
      m_truth(rows(capacity, outputs)) {
  AILOOP_REQUIRE(capacity >= 1, "CheckLog: room for at least one check");
  m_checks.reserve(static_cast<std::size_t>(std::min(capacity, most_checks)));
}

void CheckLog::add(const CheckedQueries& checked) {
  const auto n = static_cast<std::int64_t>(checked.queries.size());
  AILOOP_REQUIRE(has_room(n), "CheckLog: full");
  const auto keep = [this](const auto& values, auto& kept, std::int64_t width) {
    std::ranges::copy(values, kept.begin() + m_size * width);
  };
  std::fill_n(m_check_of.begin() + m_size, n, static_cast<std::uint16_t>(m_checks.size()));
  m_checks.push_back({checked.attempt, checked.seconds, checked.exhausted});
  keep(checked.queries, m_queries, 1);
  keep(checked.judgements, m_judgements, 1);
  keep(checked.settled, m_settled, 1);
  keep(checked.x, m_x, m_dimension);
  keep(checked.surrogate, m_surrogate, m_outputs);
  keep(checked.approximation, m_approximation, m_outputs);
  if (checked.has_truth.empty()) {
    std::fill_n(m_has_truth.begin() + m_size, n, std::uint8_t{0});
  } else {
    keep(checked.has_truth, m_has_truth, 1);
    keep(checked.truth, m_truth, m_outputs);
  }
  m_size += n;
}

CheckRecord CheckLog::operator[](std::int64_t index) const {
  const auto i = static_cast<std::size_t>(index);
  const Check& check = m_checks[m_check_of[i]];
  CheckRecord record;
  record.query = m_queries[i];
  record.attempt = check.attempt;
  record.seconds = check.seconds;
  record.judgement = m_judgements[i];
  record.answered_by = answerer(m_settled[i]);
  record.exhausted = check.exhausted;
  record.x = row(m_x, index, m_dimension);
  record.surrogate = row(m_surrogate, index, m_outputs);
  record.approximation = row(m_approximation, index, m_outputs);
  if (m_has_bound) {
    record.bound = row(m_bound, index, m_outputs);
  }
  if (m_has_all_truths || m_has_truth[i] != 0) {
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
