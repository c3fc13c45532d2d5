#pragma once

#include <ailoop/emulator/gate.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ailoop {

/// Whose answer a query got.
enum class AnsweredBy : std::int8_t { nobody, surrogate, truth };

/// One query in one check, as observers see it.
struct CheckRecord {
  std::int64_t query = 0;
  std::int64_t attempt = 0;  ///< 1 for the first check of this query
  double seconds = 0.0;      ///< since the start of the run, when the verdict was known
  Judgement judgement;
  AnsweredBy answered_by = AnsweredBy::nobody;  ///< nobody: it is asked again, or was skipped
  bool exhausted = false;                       ///< no check: the retrainings of the query are used up
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
  /// \param[in] capacity checks it can hold, >= 1
  CheckLog(std::int64_t capacity, std::int64_t dimension, std::int64_t outputs);

  /// Adds a copy of the record; `bound` is filled in later, and `truth` unless the record has it. \pre !is_full()
  void add(const CheckRecord& record);

  void clear() noexcept { m_size = 0; }
  [[nodiscard]] std::int64_t size() const noexcept { return m_size; }
  [[nodiscard]] bool is_full() const noexcept { return m_size == m_capacity; }
  [[nodiscard]] std::int64_t free() const noexcept { return m_capacity - m_size; }
  [[nodiscard]] CheckRecord operator[](std::int64_t index) const;

  /// Queries of all records, one after the other: (size, dimension), row-major.
  [[nodiscard]] std::span<const double> x() const;
  /// Where bounds and truths of all records go: (size, outputs), row-major. They show in records once asked for.
  [[nodiscard]] std::span<double> bound();
  [[nodiscard]] std::span<double> truth();

 private:
  struct Entry {
    std::int64_t query = 0;
    std::int64_t attempt = 0;
    double seconds = 0.0;
    Judgement judgement;
    AnsweredBy answered_by = AnsweredBy::nobody;
    bool exhausted = false;
    bool has_truth = false;
  };

  std::int64_t m_capacity;
  std::int64_t m_dimension;
  std::int64_t m_outputs;
  std::int64_t m_size = 0;
  bool m_has_bound = false;
  bool m_has_all_truths = false;
  std::vector<Entry> m_entries;
  std::vector<double> m_x, m_surrogate, m_approximation, m_bound, m_truth;
};

}  // namespace ailoop
