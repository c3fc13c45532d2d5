// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/audit.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/random_streams.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ailoop {

void AuditedErrors::keep_worse(std::int64_t query, double error, double allowed) {
  const double more = error * worst_allowed - worst_error * allowed;  // quotients compared
  if (worst_query < 0 || more > 0.0 || (more == 0.0 && query < worst_query)) {
    worst_query = query;
    worst_error = error;
    worst_allowed = allowed;
  }
}

std::vector<double> AuditedErrors::packed() const {
  const std::vector<double> bins = sizes.packed();
  std::vector<double> numbers = {static_cast<double>(worst_query), worst_error, worst_allowed,
                                 static_cast<double>(bins.size())};
  numbers.insert(numbers.end(), bins.begin(), bins.end());
  return numbers;
}

void AuditedErrors::add_packed(std::span<const double> numbers) {
  while (!numbers.empty()) {
    constexpr std::size_t head = 4;
    if (numbers.size() < head || !(numbers[3] >= 0.0 && numbers[3] <= static_cast<double>(numbers.size() - head))) {
      throw InputOutputError("AuditedErrors: these are none");
    }
    const auto n_bins = static_cast<std::size_t>(numbers[3]);
    sizes.add_packed(numbers.subspan(head, n_bins));
    if (numbers[0] >= 0.0) {
      keep_worse(static_cast<std::int64_t>(numbers[0]), numbers[1], numbers[2]);
    }
    numbers = numbers.subspan(head + n_bins);
  }
}

std::int64_t Audit::choose(const QueryTable& table, IndexRange rows, ConstArray x, const JudgedColumns& columns) {
  if (!is_on() || rows.size() == 0) {
    return 0;
  }
  const std::uint64_t base = kernels::stream_base(m_seed, kernels::Purpose::audit);
  const auto chosen_of = [&](std::int64_t group) {
    const std::uint64_t random = kernels::state_at(kernels::stream_position(base, static_cast<std::uint64_t>(group)));
    return group * m_every + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(m_every));
  };
  const std::size_t known = m_rows.size();
  const auto take_row = [&](std::int64_t query, std::int64_t row) {
    if (table.judgement(row).verdict == Verdict::accepted) {
      m_queries.push_back(query);
      m_rows.push_back(row);
    }
  };
  const auto queries = table.queries(rows);
  if (const IndexRange all{queries.front(), queries.back() + 1}; all.size() == rows.size()) {
    for (std::int64_t group = all.first / m_every; group * m_every < all.last; ++group) {
      if (const std::int64_t query = chosen_of(group); query >= all.first && query < all.last) {
        take_row(query, rows.first + query - all.first);
      }
    }
  } else {  // they are pending for some time already, and few
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      if (const std::int64_t query = table.query(row); query == chosen_of(query / m_every)) {
        take_row(query, row);
      }
    }
  }
  const std::span chosen = std::span(m_rows).subspan(known);
  const auto take = [&](std::vector<double>& to, ConstArray from) {
    const std::size_t before = to.size();
    to.resize(before + chosen.size() * as_size(from.cols));
    for (std::int64_t i = 0; i < from.cols; ++i) {
      double* next = to.data() + before + i;
      for (const std::int64_t row : chosen) {
        *next = from.data[(row - rows.first) * from.cols + i];
        next += from.cols;
      }
    }
  };
  take(m_x, x);
  take(m_surrogate, columns.surrogate);
  take(m_approximation, columns.approximation);
  take(m_bound, columns.bound);
  return std::ssize(chosen);
}

void Audit::take(Audit& other, std::int64_t rows) {
  std::ranges::transform(other.m_rows, std::back_inserter(m_rows), [=](std::int64_t row) { return rows + row; });
  m_queries.insert(m_queries.end(), other.m_queries.begin(), other.m_queries.end());
  for (const auto column : {&Audit::m_x, &Audit::m_surrogate, &Audit::m_approximation, &Audit::m_bound}) {
    (this->*column).insert((this->*column).end(), (other.*column).begin(), (other.*column).end());
  }
  other.forget();
}

Array Audit::truth(std::int64_t outputs) {
  m_truth.resize(m_rows.size() * as_size(outputs));
  return {m_truth.data(), std::ssize(m_rows), outputs};
}

void Audit::forget() {
  m_queries.clear();
  m_rows.clear();
  for (std::vector<double>* column : {&m_x, &m_surrogate, &m_approximation, &m_bound}) {
    column->clear();
  }
}

Audit::Found Audit::finish(QueryTable& table) {
  const std::int64_t n = std::ssize(m_rows);
  const auto column = [&](const std::vector<double>& numbers) {
    return ConstArray{numbers.data(), n, std::ssize(numbers) / std::max<std::int64_t>(n, 1)};
  };
  const JudgedColumns judged{column(m_surrogate), column(m_approximation), column(m_bound)};
  const ConstArray truth = column(m_truth);
  const Tolerance& tolerance = m_gate.tolerance();
  Found found;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto y = truth.row(i);
    if (m_rows_are_kept) {
      table.set_truth(m_rows[as_size(i)], y);
    }
    if (std::isnan(y[0])) {
      continue;
    }
    const auto s = judged.surrogate.row(i);
    ++found.audited;
    found.beyond += tolerance.contains(s, y) ? 0 : 1;
    double error = std::abs(s[0] - y[0]);
    double allowed = tolerance.allowed(0, y[0]);
    for (std::size_t o = 1; o < y.size(); ++o) {
      if (std::abs(s[o] - y[o]) * allowed > error * tolerance.allowed(o, y[o])) {
        error = std::abs(s[o] - y[o]);
        allowed = tolerance.allowed(o, y[o]);
      }
    }
    m_errors.add(m_queries[as_size(i)], error, allowed);
  }
  if (const auto i = m_gate.first_violated(judged, truth)) {
    throw NumericalError(fmt::format(
        "audit: the answer to query {} at x = {} is {}, and the truth {}: further off than loop.gate proved, so that "
        "the bound of the approximation does not hold there",
        m_queries[as_size(*i)], point_text(ConstArray{m_x.data(), n, std::ssize(m_x) / n}.row(*i)),
        point_text(judged.surrogate.row(*i)), point_text(truth.row(*i))));
  }
  forget();
  return found;
}

}  // namespace ailoop
