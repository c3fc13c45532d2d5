#include <ailoop/emulator/audit.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/problem/checked_truth.hpp>

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

std::int64_t Audit::choose(QueryTable& table, IndexRange rows, bool is_kept) {
  if (!is_on()) {
    return 0;
  }
  const auto every = static_cast<std::uint64_t>(m_every);
  const std::uint64_t base = kernels::stream_base(m_seed, kernels::Purpose::audit);
  const auto verdicts = table.judgements(rows).verdicts;
  const auto queries = table.queries(rows);
  std::int64_t chosen = 0;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const auto query = static_cast<std::uint64_t>(queries[i]);
    if (verdicts[i] != Verdict::accepted || kernels::state_at(kernels::stream_position(base, query)) % every != 0) {
      continue;
    }
    const std::int64_t row = rows.first + static_cast<std::int64_t>(i);
    m_queries.push_back(queries[i]);
    m_rows.push_back(is_kept ? row : -1);
    const auto take = [](std::vector<double>& to, std::span<const double> from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    take(m_x, table.x(row));
    take(m_surrogate, table.surrogate(row));
    take(m_approximation, table.approximation(row));
    take(m_bound, table.bound(row));
    ++chosen;
  }
  return chosen;
}

void Audit::take(Audit& other, std::int64_t rows) {
  std::ranges::transform(other.m_rows, std::back_inserter(m_rows),
                         [=](std::int64_t row) { return row < 0 ? row : rows + row; });
  m_queries.insert(m_queries.end(), other.m_queries.begin(), other.m_queries.end());
  for (const auto column : {&Audit::m_x, &Audit::m_surrogate, &Audit::m_approximation, &Audit::m_bound}) {
    (this->*column).insert((this->*column).end(), (other.*column).begin(), (other.*column).end());
  }
  other.forget();
}

ConstArray Audit::x() const {
  const std::int64_t n = std::ssize(m_queries);
  return {m_x.data(), n, n > 0 ? std::ssize(m_x) / n : 0};
}

void Audit::forget() {
  m_queries.clear();
  m_rows.clear();
  for (std::vector<double>* column : {&m_x, &m_surrogate, &m_approximation, &m_bound}) {
    column->clear();
  }
}

Audit::Found Audit::finish(QueryTable& table, ConstArray truth) {
  Found found;
  const Tolerance& tolerance = m_gate.tolerance();
  const auto outputs = as_size(truth.cols);
  for (std::size_t i = 0; i < m_queries.size(); ++i) {
    const auto of_query = [&](std::span<const double> column) { return column.subspan(i * outputs, outputs); };
    const std::span<const double> y(truth.data + i * outputs, outputs);
    if (m_rows[i] >= 0) {
      table.set_truth(m_rows[i], y);
    }
    if (std::isnan(y[0])) {
      continue;
    }
    const auto s = of_query(m_surrogate);
    ++found.audited;
    found.beyond += tolerance.contains(s, y) ? 0 : 1;
    double error = 0.0;
    double allowed = 0.0;
    for (std::size_t o = 0; o < outputs; ++o) {
      const double of_output = std::abs(s[o] - y[o]);
      if (o == 0 || of_output * allowed > error * tolerance.allowed(o, y[o])) {
        error = of_output;
        allowed = tolerance.allowed(o, y[o]);
      }
    }
    m_errors.add(m_queries[i], error, allowed);
    if (m_gate.is_violated(s, of_query(m_approximation), of_query(m_bound), y)) {
      const auto d = m_x.size() / m_queries.size();
      throw NumericalError("audit: the answer to query " + std::to_string(m_queries[i]) + " at x = " +
                           point_text(std::span(m_x).subspan(i * d, d)) + " is off by " + number_text(error) +
                           ", more than loop.gate proved: the bound of the approximation does not hold there");
    }
  }
  forget();
  return found;
}

}  // namespace ailoop
