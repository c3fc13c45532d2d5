#pragma once

#include <ailoop/emulator/gate.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace ailoop {

/// Whose answer a query got.
enum class AnsweredBy : std::int8_t { nobody, surrogate, truth };

/// What became of a query that was pending.
enum class Settled : std::int8_t { no, by_surrogate, by_truth, skipped, set_aside };

/// The pending queries as a check left them; all must have as many rows.
struct CheckedQueries {
  std::int64_t attempt = 0;                 ///< of all of them
  double seconds = 0.0;                     ///< likewise
  bool exhausted = false;                   ///< likewise
  std::span<const std::int64_t> queries;    ///< (n)
  std::span<const Judgement> judgements;    ///< (n)
  std::span<const Settled> settled;         ///< (n)
  std::span<const double> x;                ///< (n, dimension)
  std::span<const double> surrogate;        ///< (n, outputs)
  std::span<const double> approximation;    ///< (n, outputs)
  std::span<const std::uint8_t> has_truth;  ///< (n) not 0 where the truth is known; empty where none is
  std::span<const double> truth;            ///< (n, outputs) or empty where none is known
};

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
  std::span<const double> approximation;        ///< (outputs)
  std::span<const double> bound;                ///< (outputs) of |approximation - truth|; empty where none is known
  std::span<const double> truth;                ///< (outputs) empty where it was not computed

  /// The answer, if there is one.
  [[nodiscard]] std::span<const double> answer() const { return answered_by == AnsweredBy::truth ? truth : surrogate; }
};

[[nodiscard]] std::string_view to_string(AnsweredBy who);

/// Checks that no observer has seen yet, in memory that is allocated once: recording one neither allocates nor writes.
class CheckLog {
 public:
  /// Most checks, however few their queries.
  static constexpr std::int64_t most_checks = 4096;

  /// \param[in] capacity checks it can hold, >= 1
  CheckLog(std::int64_t capacity, std::int64_t dimension, std::int64_t outputs);

  /// Adds a record of each query; bounds are filled in later, and truths that are not known. \pre has_room(n)
  void add(const CheckedQueries& checked);

  void clear() noexcept {
    m_size = 0;
    m_checks.clear();
  }
  [[nodiscard]] std::int64_t size() const noexcept { return m_size; }
  /// Whether one more check of so many queries can be added.
  [[nodiscard]] bool has_room(std::int64_t queries) const noexcept {
    return queries <= m_capacity - m_size && m_checks.size() < m_checks.capacity();
  }
  [[nodiscard]] CheckRecord operator[](std::int64_t index) const;

  /// Queries of all records, one after the other: (size, dimension), row-major.
  [[nodiscard]] std::span<const double> x() const;
  /// Where bounds and truths of all records go: (size, outputs), row-major. They show in records once asked for.
  [[nodiscard]] std::span<double> bound();
  [[nodiscard]] std::span<double> truth();

 private:
  /// What the queries of a check have in common.
  struct Check {
    std::int64_t attempt = 0;
    double seconds = 0.0;
    bool exhausted = false;
  };

  std::int64_t m_capacity;
  std::int64_t m_dimension;
  std::int64_t m_outputs;
  std::int64_t m_size = 0;
  bool m_has_bound = false;
  bool m_has_all_truths = false;
  std::vector<Check> m_checks;
  static_assert(most_checks <= std::numeric_limits<std::uint16_t>::max());
  std::vector<std::uint16_t> m_check_of;  // for each record, which of them
  std::vector<std::int64_t> m_queries;
  std::vector<Judgement> m_judgements;
  std::vector<Settled> m_settled;
  std::vector<std::uint8_t> m_has_truth;
  std::vector<double> m_x, m_surrogate, m_approximation, m_bound, m_truth;
};

}  // namespace ailoop
