#include <ailoop/loop/query_batch.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>

namespace ailoop {

namespace {

std::vector<double> rows(std::int64_t count, std::int64_t width) {
  return std::vector<double>(static_cast<std::size_t>(count * width));
}

void copy_row(std::vector<double>& values, std::int64_t width, std::int64_t from, std::int64_t to) {
  std::copy_n(values.begin() + from * width, width, values.begin() + to * width);
}

}  // namespace

QueryBatch::QueryBatch(std::int64_t capacity, std::int64_t dimension, std::int64_t outputs)
    : m_dimension(dimension),
      m_outputs(outputs),
      m_queries(static_cast<std::size_t>(capacity)),
      m_x(rows(capacity, dimension)),
      m_judgements(static_cast<std::size_t>(capacity)),
      m_surrogate(rows(capacity, outputs)),
      m_approximation(rows(capacity, outputs)),
      m_knows_truth(static_cast<std::size_t>(capacity)),
      m_truth(rows(capacity, outputs)) {
  AILOOP_REQUIRE(capacity >= 1, "QueryBatch: room for at least one query");
}

void QueryBatch::start(const QuerySource& source, std::int64_t first, std::int64_t count) {
  AILOOP_REQUIRE(count >= 1 && count <= static_cast<std::int64_t>(m_queries.size()), "QueryBatch: too many queries");
  m_size = count;
  for (std::int64_t i = 0; i < count; ++i) {
    m_queries[static_cast<std::size_t>(i)] = first + i;
    source.query(first + i, std::span(m_x).subspan(static_cast<std::size_t>(i * m_dimension),
                                                   static_cast<std::size_t>(m_dimension)));
  }
  std::fill_n(m_knows_truth.begin(), count, '\0');
}

void QueryBatch::start(const QuerySource& source, std::span<const std::int64_t> queries) {
  AILOOP_REQUIRE(!queries.empty() && queries.size() <= m_queries.size(), "QueryBatch: too many queries");
  m_size = static_cast<std::int64_t>(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    m_queries[i] = queries[i];
    source.query(queries[i], std::span(m_x).subspan(i * static_cast<std::size_t>(m_dimension),
                                                    static_cast<std::size_t>(m_dimension)));
  }
}

std::span<const std::int64_t> QueryBatch::queries() const noexcept {
  return std::span(m_queries).first(static_cast<std::size_t>(m_size));
}

void QueryBatch::set_checked(const CheckReport& report) {
  AILOOP_REQUIRE(report.surrogate.rows == m_size, "QueryBatch: a check of other queries");
  std::ranges::copy(report.judgements, m_judgements.begin());
  std::copy_n(report.surrogate.data, m_size * m_outputs, m_surrogate.begin());
  std::copy_n(report.approximation.data, m_size * m_outputs, m_approximation.begin());
}

std::span<const double> QueryBatch::row(const std::vector<double>& values, std::int64_t i) const {
  return std::span(values).subspan(static_cast<std::size_t>(i * m_outputs), static_cast<std::size_t>(m_outputs));
}

std::span<const double> QueryBatch::point(std::int64_t i) const {
  return std::span(m_x).subspan(static_cast<std::size_t>(i * m_dimension), static_cast<std::size_t>(m_dimension));
}

std::span<const double> QueryBatch::surrogate(std::int64_t i) const { return row(m_surrogate, i); }
std::span<const double> QueryBatch::approximation(std::int64_t i) const { return row(m_approximation, i); }
std::span<const double> QueryBatch::truth(std::int64_t i) const { return row(m_truth, i); }

void QueryBatch::set_truth(std::int64_t i, std::span<const double> y) {
  m_knows_truth[static_cast<std::size_t>(i)] = 1;
  std::ranges::copy(y, m_truth.begin() + i * m_outputs);
}

void QueryBatch::remove(const std::function<bool(std::int64_t i)>& is_settled) {
  std::int64_t kept = 0;
  for (std::int64_t i = 0; i < m_size; ++i) {
    if (is_settled(i)) {
      continue;
    }
    if (kept < i) {
      const auto from = static_cast<std::size_t>(i);
      const auto to = static_cast<std::size_t>(kept);
      m_queries[to] = m_queries[from];
      m_judgements[to] = m_judgements[from];
      m_knows_truth[to] = m_knows_truth[from];
      copy_row(m_x, m_dimension, i, kept);
      copy_row(m_surrogate, m_outputs, i, kept);
      copy_row(m_approximation, m_outputs, i, kept);
      copy_row(m_truth, m_outputs, i, kept);
    }
    ++kept;
  }
  m_size = kept;
}

}  // namespace ailoop
