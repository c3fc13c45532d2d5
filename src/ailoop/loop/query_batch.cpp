#include <ailoop/loop/query_batch.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>

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
      m_settled(static_cast<std::size_t>(capacity)),
      m_surrogate(rows(capacity, outputs)),
      m_approximation(rows(capacity, outputs)),
      m_bound(rows(capacity, outputs)),
      m_knows_truth(static_cast<std::size_t>(capacity)),
      m_truth(rows(capacity, outputs)) {
  AILOOP_REQUIRE(capacity >= 1, "QueryBatch: room for at least one query");
}

void QueryBatch::start(const QuerySource& source, std::int64_t first, std::int64_t count) {
  AILOOP_REQUIRE(count >= 1 && count <= static_cast<std::int64_t>(m_queries.size()), "QueryBatch: too many queries");
  m_size = count;
  std::iota(m_queries.begin(), m_queries.begin() + count, first);
  source.queries(first, {m_x.data(), count, m_dimension});
  forget_truths();
}

void QueryBatch::start(const QuerySource& source, std::span<const std::int64_t> queries) {
  AILOOP_REQUIRE(!queries.empty() && queries.size() <= m_queries.size(), "QueryBatch: too many queries");
  m_size = static_cast<std::int64_t>(queries.size());
  std::ranges::copy(queries, m_queries.begin());
  for (std::int64_t i = 0; i < m_size; ++i) {
    source.queries(queries[static_cast<std::size_t>(i)], {m_x.data() + i * m_dimension, 1, m_dimension});
  }
  forget_truths();
}

void QueryBatch::forget_truths() {
  if (m_knows_truths) {
    std::ranges::fill(m_knows_truth, std::uint8_t{0});
    m_knows_truths = false;
  }
}

CheckedQueries QueryBatch::checked() const {
  const auto n = static_cast<std::size_t>(m_size);
  const auto numbers = static_cast<std::size_t>(m_size * m_outputs);
  CheckedQueries checked;
  checked.queries = queries();
  checked.judgements = std::span(m_judgements).first(n);
  checked.settled = std::span(m_settled).first(n);
  checked.x = std::span(m_x).first(static_cast<std::size_t>(m_size * m_dimension));
  checked.surrogate = std::span(m_surrogate).first(numbers);
  checked.approximation = std::span(m_approximation).first(numbers);
  if (m_knows_truths) {
    checked.has_truth = std::span(m_knows_truth).first(n);
    checked.truth = std::span(m_truth).first(numbers);
  }
  return checked;
}

std::span<const std::int64_t> QueryBatch::queries() const noexcept {
  return std::span(m_queries).first(static_cast<std::size_t>(m_size));
}

std::span<const double> QueryBatch::row(const std::vector<double>& values, std::int64_t i) const {
  return std::span(values).subspan(static_cast<std::size_t>(i * m_outputs), static_cast<std::size_t>(m_outputs));
}

std::span<const double> QueryBatch::point(std::int64_t i) const {
  return std::span(m_x).subspan(static_cast<std::size_t>(i * m_dimension), static_cast<std::size_t>(m_dimension));
}

std::span<const double> QueryBatch::surrogate(std::int64_t i) const { return row(m_surrogate, i); }
std::span<const double> QueryBatch::approximation(std::int64_t i) const { return row(m_approximation, i); }
std::span<const double> QueryBatch::bound(std::int64_t i) const { return row(m_bound, i); }
std::span<const double> QueryBatch::truth(std::int64_t i) const { return row(m_truth, i); }

void QueryBatch::set_truth(std::int64_t i, std::span<const double> y) {
  m_knows_truth[static_cast<std::size_t>(i)] = 1;
  m_knows_truths = true;
  std::ranges::copy(y, m_truth.begin() + i * m_outputs);
}

void QueryBatch::state(StateArchive& archive, const QuerySource& source) {
  const auto n = static_cast<std::size_t>(m_size);
  const auto first = [](const std::vector<double>& values, std::size_t count) {
    return std::vector<double>(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  };
  const auto outputs = static_cast<std::size_t>(m_outputs);
  std::vector<std::int64_t> queries(m_queries.begin(), m_queries.begin() + m_size);
  std::vector<std::int64_t> verdicts;
  std::vector<double> errors;
  for (const Judgement& judgement : std::span(m_judgements).first(n)) {
    verdicts.push_back(static_cast<std::int64_t>(judgement.verdict));
    errors.push_back(judgement.error);
  }
  std::vector<double> surrogate = first(m_surrogate, n * outputs);
  std::vector<double> approximation = first(m_approximation, n * outputs);
  std::vector<std::int64_t> knows_truth(m_knows_truth.begin(), m_knows_truth.begin() + m_size);
  std::vector<double> truth = first(m_truth, n * outputs);
  archive.list("pending.query", &queries);
  archive.list("pending.verdict", &verdicts);
  archive.list("pending.error", &errors);
  archive.list("pending.surrogate", &surrogate);
  archive.list("pending.approximation", &approximation);
  archive.list("pending.knows_truth", &knows_truth);
  archive.list("pending.truth", &truth);

  const std::size_t count = queries.size();
  const bool fits = count <= m_queries.size() && verdicts.size() == count && errors.size() == count &&
                    surrogate.size() == count * outputs && approximation.size() == count * outputs &&
                    knows_truth.size() == count && truth.size() == count * outputs &&
                    std::ranges::all_of(queries, [](std::int64_t query) { return query >= 0; }) &&
                    std::ranges::all_of(verdicts, [](std::int64_t verdict) {
                      return verdict >= 0 && verdict <= static_cast<std::int64_t>(Verdict::inconclusive);
                    });
  if (!fits) {
    throw InputOutputError("the pending queries of the saved state are not those of a run with these settings");
  }
  m_size = static_cast<std::int64_t>(count);
  if (count > 0) {
    start(source, queries);
  }
  for (std::size_t i = 0; i < count; ++i) {
    m_judgements[i] = {static_cast<Verdict>(verdicts[i]), errors[i]};
    m_knows_truth[i] = knows_truth[i] != 0 ? 1 : 0;
    m_knows_truths = m_knows_truths || knows_truth[i] != 0;
  }
  std::ranges::copy(surrogate, m_surrogate.begin());
  std::ranges::copy(approximation, m_approximation.begin());
  std::ranges::copy(truth, m_truth.begin());
}

void QueryBatch::remove_settled() {
  std::int64_t kept = 0;
  for (std::int64_t i = 0; i < m_size; ++i) {
    const auto from = static_cast<std::size_t>(i);
    if (m_settled[from] != Settled::no) {
      continue;
    }
    if (kept < i) {
      const auto to = static_cast<std::size_t>(kept);
      m_queries[to] = m_queries[from];
      m_judgements[to] = m_judgements[from];
      m_knows_truth[to] = m_knows_truth[from];
      copy_row(m_x, m_dimension, i, kept);
      copy_row(m_surrogate, m_outputs, i, kept);
      copy_row(m_approximation, m_outputs, i, kept);
      copy_row(m_bound, m_outputs, i, kept);
      copy_row(m_truth, m_outputs, i, kept);
    }
    ++kept;
  }
  m_size = kept;
}

}  // namespace ailoop
