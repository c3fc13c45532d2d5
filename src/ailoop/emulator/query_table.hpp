// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/storage/archive.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ailoop {

/// Whose answer a query got; `open` while that is not known.
enum class AnsweredBy : std::uint8_t { nobody, surrogate, truth, open };

[[nodiscard]] std::string_view to_string(AnsweredBy who);

/// What became of a query that was pending.
enum class Settled : std::int8_t { no, by_surrogate, by_truth, skipped, set_aside };

/// One query in one check, as observers see it.
struct CheckRecord {
  std::int64_t query = 0;
  std::int64_t attempt = 0;  ///< 1 for the first check of this query
  double seconds = 0.0;      ///< since the start of the run, when the verdict was known
  Judgement judgement;
  AnsweredBy answered_by = AnsweredBy::nobody;  ///< nobody: it is asked again, skipped or set aside
  bool exhausted = false;                       ///< no check: the retrainings of the query are used up, or vain
  std::span<const double> x;                    ///< (dimension)
  std::span<const double> surrogate;            ///< (outputs)
  std::span<const double> approximation;        ///< (outputs) NaN where the problem has none
  std::span<const double> bound;                ///< (outputs) of |approximation - truth|; empty where none is known
  std::span<const double> truth;                ///< (outputs) empty where it was not computed

  /// The answer, if there is one.
  [[nodiscard]] std::span<const double> answer() const { return answered_by == AnsweredBy::truth ? truth : surrogate; }
};

/// Queries and what is known of them, column by column. The last rows are those of the pending queries; before them
/// stand the checks that no observer has seen yet. Memory grows when it must: a loop whose table has room for its
/// checks allocates nothing.
class QueryTable {
 public:
  /// What the rows of one check have in common.
  struct Check {
    std::int64_t last = 0;  ///< row behind its last
    std::int64_t attempt = 0;
    double seconds = 0.0;
    bool exhausted = false;
  };

  /// Bytes of its columns with so many rows.
  [[nodiscard]] static double bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs);
  /// At most, where it grew row by row to have room for them.
  [[nodiscard]] static double grown_bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs);
  /// Bytes of so many packed rows.
  [[nodiscard]] static double packed_bytes(std::int64_t rows, std::int64_t dimension, std::int64_t outputs);

  /// \param[in] has_bounds whether bounds are known when observers see the checks
  /// \param[in] capacity   rows that there is room for
  /// \param[in] checks     likewise for checks
  QueryTable(std::int64_t dimension, std::int64_t outputs, bool has_bounds, std::int64_t capacity, std::int64_t checks);

  [[nodiscard]] std::int64_t size() const noexcept { return m_size; }
  /// Rows of the pending queries.
  [[nodiscard]] IndexRange pending() const noexcept { return {m_first_pending, m_size}; }
  [[nodiscard]] std::int64_t n_pending() const noexcept { return m_size - m_first_pending; }
  /// Whether so many rows, and a check, fit without an allocation.
  [[nodiscard]] bool has_room(std::int64_t rows) const noexcept {
    return m_size + rows <= std::ssize(m_queries) && m_checks.size() < m_checks.capacity();
  }

  /// Adds rows of pending queries first ... first + count - 1, of which nothing else is known.
  IndexRange append(std::int64_t first, std::int64_t count);
  /// The same of queries first + offsets[0], first + offsets[1], ...
  IndexRange append(std::int64_t first, std::span<const std::int64_t> offsets);
  /// Of the rows from `first` on, which are pending, keeps those that are not settled: at most so many.
  void keep_unsettled(std::int64_t first, std::int64_t most);
  /// The pending rows become a check; those that are not settled stay pending, in rows behind it.
  /// \param[in] check all but `last`
  /// \param[in] is_kept whether observers will see the check; else its rows are gone
  void end_check(const Check& check, bool is_kept);
  /// The pending rows become a check that was one already; none stays pending.
  void end_told_check(Check check);
  /// Forgets the checks; pending queries stay.
  void forget_checks();
  /// Forgets the pending queries.
  void forget_pending() noexcept { m_size = m_first_pending; }

  /// Columns of some rows: (n, dimension) or (n, outputs).
  [[nodiscard]] Array x(IndexRange rows) { return column(m_x, m_dimension, rows); }
  [[nodiscard]] Array surrogate(IndexRange rows) { return column(m_surrogate, m_outputs, rows); }
  [[nodiscard]] Array approximation(IndexRange rows) { return column(m_approximation, m_outputs, rows); }
  [[nodiscard]] Array bound(IndexRange rows) { return column(m_bound, m_outputs, rows); }
  [[nodiscard]] Array truth(IndexRange rows) { return column(m_truth, m_outputs, rows); }
  /// (n)
  [[nodiscard]] std::span<const std::int64_t> queries(IndexRange rows) const { return part_of(m_queries, rows); }
  [[nodiscard]] JudgementColumns judgements(IndexRange rows) {
    return {part_of(m_verdicts, rows), part_of(m_errors, rows), part_of(m_allowed, rows)};
  }
  [[nodiscard]] std::span<Settled> settled(IndexRange rows) { return part_of(m_settled, rows); }

  /// One row.
  [[nodiscard]] std::int64_t query(std::int64_t row) const { return m_queries[as_size(row)]; }
  [[nodiscard]] std::span<const double> x(std::int64_t row) const { return cells(m_x, m_dimension, row); }
  [[nodiscard]] std::span<const double> surrogate(std::int64_t row) const { return cells(m_surrogate, m_outputs, row); }
  [[nodiscard]] std::span<const double> approximation(std::int64_t row) const {
    return cells(m_approximation, m_outputs, row);
  }
  [[nodiscard]] std::span<const double> bound(std::int64_t row) const { return cells(m_bound, m_outputs, row); }
  [[nodiscard]] std::span<const double> truth(std::int64_t row) const { return cells(m_truth, m_outputs, row); }
  [[nodiscard]] Judgement judgement(std::int64_t row) const {
    return {m_verdicts[as_size(row)], m_errors[as_size(row)], m_allowed[as_size(row)]};
  }
  /// Only the truth can decide it.
  [[nodiscard]] bool is_open(std::int64_t row) const { return m_verdicts[as_size(row)] == Verdict::inconclusive; }
  [[nodiscard]] bool knows_truth(std::int64_t row) const { return m_knows_truth[as_size(row)] != 0; }
  /// \param[in] y (outputs) NaN where it failed
  void set_truth(std::int64_t row, std::span<const double> y);
  /// The column of truths was filled in these rows.
  void know_truths(IndexRange rows) { std::ranges::fill(part_of(m_knows_truth, rows), std::uint8_t{1}); }

  [[nodiscard]] std::span<const Check> checks() const noexcept { return m_checks; }
  /// Calls `visit(CheckRecord)` for each row of the checks, in their order.
  template <class Visit>
  void each_record(const Visit& visit) const {
    std::int64_t row = 0;
    for (const Check& check : m_checks) {
      for (; row < check.last; ++row) {
        visit(record(row, check));
      }
    }
  }

  /// Numbers of a packed row.
  [[nodiscard]] std::int64_t packed_width() const { return packed_width(m_dimension, m_outputs); }
  /// All that is known of some rows, for messages and checkpoints: row after row.
  [[nodiscard]] std::vector<double> packed(IndexRange rows) const;
  /// Adds rows that were packed; they are pending.
  void append_packed(std::span<const double> numbers);
  /// Adds the pending rows of another table, where none is left.
  void take_pending(QueryTable& other);
  /// Of the pending rows keeps those, which are counted from the first of them.
  void keep_pending(IndexRange part);

  /// Shows the pending queries and all that is known of them.
  /// \throws InputOutputError if what an archive gives does not fit together
  void state(StateArchive& archive);

 private:
  [[nodiscard]] static Array column(std::vector<double>& values, std::int64_t width, IndexRange rows) {
    return {values.data() + rows.first * width, rows.size(), width};
  }
  [[nodiscard]] static std::span<const double> cells(const std::vector<double>& values, std::int64_t width,
                                                     std::int64_t row) {
    return {values.data() + row * width, as_size(width)};
  }
  [[nodiscard]] static std::int64_t packed_width(std::int64_t dimension, std::int64_t outputs) {
    return 6 + dimension + 4 * outputs;
  }
  [[nodiscard]] CheckRecord record(std::int64_t row, const Check& check) const;
  void make_room(std::int64_t rows);
  void copy_row(std::int64_t from, std::int64_t to);
  template <class Visit, class... Tables>
  void each_column(const Visit& visit, Tables&... tables) const;

  std::int64_t m_dimension;
  std::int64_t m_outputs;
  bool m_has_bounds;
  std::int64_t m_size = 0;
  std::int64_t m_first_pending = 0;
  std::vector<Check> m_checks;
  std::vector<std::int64_t> m_queries;
  std::vector<Verdict> m_verdicts;
  std::vector<double> m_errors, m_allowed;
  std::vector<Settled> m_settled;
  std::vector<std::uint8_t> m_knows_truth;
  std::vector<double> m_x, m_surrogate, m_approximation, m_bound, m_truth;
};

}  // namespace ailoop
