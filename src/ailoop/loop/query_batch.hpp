#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/loop/check_log.hpp>
#include <ailoop/loop/query_source.hpp>
#include <ailoop/storage/archive.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// The queries that are being asked together, with what is known of each. Memory is allocated at construction.
class QueryBatch {
 public:
  /// \param[in] capacity most queries, >= 1
  QueryBatch(std::int64_t capacity, std::int64_t dimension, std::int64_t outputs);

  /// Takes the queries first ... first + count - 1.
  void start(const QuerySource& source, std::int64_t first, std::int64_t count);
  /// Takes exactly these queries.
  void start(const QuerySource& source, std::span<const std::int64_t> queries);

  [[nodiscard]] std::int64_t size() const noexcept { return m_size; }
  /// Indices of the queries, ascending.
  [[nodiscard]] std::span<const std::int64_t> queries() const noexcept;
  /// (size, dimension)
  [[nodiscard]] ConstArray x() const noexcept { return {m_x.data(), m_size, m_dimension}; }

  /// Where a check leaves what it finds: (size, outputs) each, the judgements (size).
  [[nodiscard]] Array surrogate() noexcept { return {m_surrogate.data(), m_size, m_outputs}; }
  [[nodiscard]] Array approximation() noexcept { return {m_approximation.data(), m_size, m_outputs}; }
  [[nodiscard]] Array bound() noexcept { return {m_bound.data(), m_size, m_outputs}; }
  [[nodiscard]] std::span<Judgement> judgements() noexcept {
    return std::span(m_judgements).first(static_cast<std::size_t>(m_size));
  }

  /// What becomes of each query, (size); for whoever settles them.
  [[nodiscard]] std::span<Settled> settled() noexcept {
    return std::span(m_settled).first(static_cast<std::size_t>(m_size));
  }
  /// All that is known of the queries, as a record of a check that the caller completes.
  [[nodiscard]] CheckedQueries checked() const;

  [[nodiscard]] const Judgement& judgement(std::int64_t i) const { return m_judgements[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::span<const double> point(std::int64_t i) const;
  [[nodiscard]] std::span<const double> surrogate(std::int64_t i) const;
  [[nodiscard]] std::span<const double> approximation(std::int64_t i) const;
  [[nodiscard]] std::span<const double> bound(std::int64_t i) const;

  [[nodiscard]] bool knows_truth(std::int64_t i) const { return m_knows_truth[static_cast<std::size_t>(i)] != 0; }
  /// NaN where the truth failed. \pre knows_truth(i)
  [[nodiscard]] std::span<const double> truth(std::int64_t i) const;
  void set_truth(std::int64_t i, std::span<const double> y);

  /// Shows the queries and what is known of them.
  /// \throws InputOutputError if what an archive gives does not fit together
  void state(StateArchive& archive, const QuerySource& source);

  /// Forgets all queries.
  void clear() noexcept { m_size = 0; }
  /// Takes out the queries that are settled; the others keep their order.
  void remove_settled();

 private:
  void forget_truths();
  [[nodiscard]] std::span<const double> row(const std::vector<double>& values, std::int64_t i) const;

  std::int64_t m_dimension;
  std::int64_t m_outputs;
  std::int64_t m_size = 0;
  std::vector<std::int64_t> m_queries;
  std::vector<double> m_x;
  std::vector<Judgement> m_judgements;
  std::vector<Settled> m_settled;
  std::vector<double> m_surrogate;
  std::vector<double> m_approximation;
  std::vector<double> m_bound;
  bool m_knows_truths = false;  // of any query
  std::vector<std::uint8_t> m_knows_truth;
  std::vector<double> m_truth;
};

}  // namespace ailoop
