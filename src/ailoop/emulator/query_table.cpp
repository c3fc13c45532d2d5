// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/query_table.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <array>
#include <numeric>

namespace ailoop {

namespace {

constexpr double growth = 1.5;

}  // namespace

std::string_view to_string(AnsweredBy who) {
  static constexpr std::array<std::string_view, 4> names = {"nobody", "surrogate", "truth", ""};
  return names.at(static_cast<std::size_t>(who));
}

/// Calls visit(width, values...) for each column of these tables, whose columns are as wide as those of this one.
template <class Visit, class... Tables>
void QueryTable::each_column(const Visit& visit, Tables&... tables) const {
  visit(1, tables.m_queries...);
  visit(1, tables.m_verdicts...);
  visit(1, tables.m_errors...);
  visit(1, tables.m_allowed...);
  visit(1, tables.m_settled...);
  visit(1, tables.m_knows_truth...);
  visit(m_dimension, tables.m_x...);
  visit(m_outputs, tables.m_surrogate...);
  visit(m_outputs, tables.m_approximation...);
  visit(m_outputs, tables.m_bound...);
  visit(m_outputs, tables.m_truth...);
}

double QueryTable::bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs) {
  constexpr double small = sizeof(Verdict) + sizeof(Settled) + sizeof(std::uint8_t);
  const auto numbers = static_cast<double>(3 + dimension + 4 * outputs);
  return static_cast<double>(rows) * (small + sizeof(double) * numbers);
}

double QueryTable::grown_bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs) {
  const auto widest = static_cast<double>(std::max(dimension, outputs));  // for a moment its old room as well
  return growth * bytes(rows, dimension, outputs) + static_cast<double>(rows) * widest * sizeof(double);
}

double QueryTable::packed_bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs) {
  return static_cast<double>(rows) * static_cast<double>(packed_width(dimension, outputs)) * sizeof(double);
}

QueryTable::QueryTable(std::int64_t dimension, std::int64_t outputs, bool has_bounds, std::int64_t capacity,
                       std::int64_t checks)
    : m_dimension(dimension), m_outputs(outputs), m_has_bounds(has_bounds) {
  m_checks.reserve(as_size(checks));
  make_room(capacity);
}

void QueryTable::make_room(std::int64_t rows) {
  const std::int64_t wanted = m_size + rows;
  if (wanted > std::ssize(m_queries)) {
    const std::int64_t capacity = std::max(wanted, static_cast<std::int64_t>(growth * static_cast<double>(m_size)));
    each_column([&](std::int64_t width, auto& values) { values.resize(as_size(capacity * width)); }, *this);
  }
}

IndexRange QueryTable::append(std::int64_t first, std::int64_t count) {
  make_room(count);
  const IndexRange rows{m_size, m_size + count};
  std::iota(m_queries.begin() + rows.first, m_queries.begin() + rows.last, first);
  std::fill_n(m_knows_truth.begin() + rows.first, count, std::uint8_t{0});
  m_size = rows.last;
  return rows;
}

IndexRange QueryTable::append(std::int64_t first, std::span<const std::int64_t> offsets) {
  const IndexRange rows = append(first, std::ssize(offsets));
  std::ranges::transform(offsets, m_queries.begin() + rows.first, [=](std::int64_t offset) { return first + offset; });
  return rows;
}

void QueryTable::copy_row(std::int64_t from, std::int64_t to) {
  each_column([&](std::int64_t width,
                  auto& values) { std::copy_n(values.begin() + from * width, width, values.begin() + to * width); },
              *this);
}

void QueryTable::keep_unsettled(std::int64_t first, std::int64_t most) {
  std::int64_t kept = first;
  for (std::int64_t row = first; row < m_size && kept < first + most; ++row) {
    if (m_settled[as_size(row)] == Settled::no) {
      if (kept < row) {
        copy_row(row, kept);
      }
      ++kept;
    }
  }
  m_size = kept;
}

void QueryTable::end_check(const Check& check, bool is_kept) {
  if (!is_kept) {
    keep_unsettled(m_first_pending, n_pending());
    return;
  }
  const IndexRange rows = pending();
  const std::int64_t unsettled = std::ranges::count(settled(rows), Settled::no);
  make_room(unsettled);
  m_checks.push_back(check);
  m_checks.back().last = rows.last;
  m_first_pending = rows.last;
  for (std::int64_t row = rows.first; row < rows.last && unsettled > 0; ++row) {
    if (m_settled[as_size(row)] == Settled::no) {
      copy_row(row, m_size++);
    }
  }
}

void QueryTable::end_told_check(Check check) {
  check.last = m_size;
  m_checks.push_back(check);
  m_first_pending = m_size;
}

void QueryTable::forget_checks() {
  if (m_first_pending > 0) {
    const IndexRange rows = pending();
    each_column(
        [&](std::int64_t width, auto& values) {
          std::copy_n(values.begin() + rows.first * width, rows.size() * width, values.begin());
        },
        *this);
    m_size = rows.size();
    m_first_pending = 0;
  }
  m_checks.clear();
}

std::vector<double> QueryTable::packed(IndexRange rows) const {
  std::vector<double> numbers;
  numbers.reserve(as_size(rows.size() * packed_width()));
  for (std::int64_t row = rows.first; row < rows.last; ++row) {
    const std::size_t i = as_size(row);
    const std::array<double, 6> cells = {
        static_cast<double>(m_queries[i]), static_cast<double>(m_verdicts[i]),   m_errors[i], m_allowed[i],
        static_cast<double>(m_settled[i]), static_cast<double>(m_knows_truth[i])};
    numbers.insert(numbers.end(), cells.begin(), cells.end());
    for (const auto more : {x(row), surrogate(row), approximation(row), bound(row), truth(row)}) {
      numbers.insert(numbers.end(), more.begin(), more.end());
    }
  }
  return numbers;
}

void QueryTable::append_packed(std::span<const double> numbers) {
  const IndexRange rows = append(0, std::ssize(numbers) / packed_width());
  auto at = numbers.begin();
  for (std::int64_t row = rows.first; row < rows.last; ++row) {
    const std::size_t i = as_size(row);
    m_queries[i] = static_cast<std::int64_t>(*at++);
    m_verdicts[i] = static_cast<Verdict>(*at++);
    m_errors[i] = *at++;
    m_allowed[i] = *at++;
    m_settled[i] = static_cast<Settled>(*at++);
    m_knows_truth[i] = static_cast<std::uint8_t>(*at++);
    const IndexRange one{row, row + 1};
    for (const Array to : {x(one), surrogate(one), approximation(one), bound(one), truth(one)}) {
      std::copy_n(at, to.cols, to.data);
      at += to.cols;
    }
  }
}

void QueryTable::take_pending(QueryTable& other) {
  const IndexRange from = other.pending();
  make_room(from.size());
  each_column(
      [&](std::int64_t width, auto& to, const auto& values) {
        std::copy_n(values.begin() + from.first * width, from.size() * width, to.begin() + m_size * width);
      },
      *this, other);
  m_size += from.size();
  other.forget_pending();
}

void QueryTable::keep_pending(IndexRange part) {
  each_column(
      [&](std::int64_t width, auto& values) {
        const auto first = values.begin() + m_first_pending * width;
        std::copy_n(first + part.first * width, part.size() * width, first);
      },
      *this);
  m_size = m_first_pending + part.size();
}

void QueryTable::set_truth(std::int64_t row, std::span<const double> y) {
  m_knows_truth[as_size(row)] = 1;
  std::ranges::copy(y, m_truth.begin() + row * m_outputs);
}

CheckRecord QueryTable::record(std::int64_t row, const Check& check) const {
  const Settled settled = m_settled[as_size(row)];
  return {.query = query(row),
          .attempt = check.attempt,
          .seconds = check.seconds,
          .judgement = judgement(row),
          .answered_by = settled == Settled::by_surrogate ? AnsweredBy::surrogate
                         : settled == Settled::by_truth   ? AnsweredBy::truth
                                                          : AnsweredBy::nobody,
          .exhausted = check.exhausted,
          .x = x(row),
          .surrogate = surrogate(row),
          .approximation = approximation(row),
          .bound = m_has_bounds ? bound(row) : std::span<const double>(),
          .truth = knows_truth(row) ? truth(row) : std::span<const double>()};
}

void QueryTable::state(StateArchive& archive) {
  std::vector<double> rows = packed(pending());
  archive.list("pending", &rows);
  forget_pending();
  bool fits = std::ssize(rows) % packed_width() == 0;
  for (std::int64_t at = 0; fits && at < std::ssize(rows); at += packed_width()) {
    const double query = rows[as_size(at)];
    const double verdict = rows[as_size(at) + 1];
    fits = query >= 0.0 && verdict >= 0.0 && verdict <= static_cast<double>(Verdict::inconclusive);
  }
  if (!fits) {
    throw InputOutputError("the pending queries of the saved state are not those of a run with these settings");
  }
  append_packed(rows);
}

}  // namespace ailoop
