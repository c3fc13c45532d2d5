// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/histogram.hpp>
#include <ailoop/emulator/query_table.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// Errors of audited answers: |answer - truth| of the component whose error is the largest part of what is allowed.
struct AuditedErrors {
  Histogram sizes{-64, 96};
  std::int64_t worst_query = -1;  ///< the one whose error is the largest part of what is allowed; -1: none
  double worst_error = 0.0;
  double worst_allowed = 0.0;

  void add(std::int64_t query, double error, double allowed) {
    sizes.add(error);
    keep_worse(query, error, allowed);
  }

  /// Numbers for messages and checkpoints.
  [[nodiscard]] std::vector<double> packed() const;
  /// Adds what was packed, of any number of ranks one after the other.
  /// \throws InputOutputError if it is nothing of that kind
  void add_packed(std::span<const double> numbers);

 private:
  void keep_worse(std::int64_t query, double error, double allowed);
};

/// Looks how far off accepted answers really are: computes the truth at 1 of `every` of them and changes nothing else.
/// Of each group of `every` consecutive queries a hash of the group chooses one, so that it is known without a look at
/// the others; where that one was not accepted, the group has none.
class Audit {
 public:
  /// \param[in] every         0: no answer is audited
  /// \param[in] rows_are_kept whether rows keep their places in the table until `finish`, which then adds the truth
  Audit(const Gate& gate, std::int64_t every, std::uint64_t seed, bool rows_are_kept)
      : m_gate(gate), m_every(every), m_seed(seed), m_rows_are_kept(rows_are_kept) {}

  [[nodiscard]] bool is_on() const noexcept { return m_every > 0; }
  /// Takes those of the accepted rows that are to be audited.
  /// \param[in] x       (n, dimension) the queries of these rows
  /// \param[in] columns (n, outputs) by what they were judged
  /// \return how many they are
  std::int64_t choose(const QueryTable& table, IndexRange rows, ConstArray x, const JudgedColumns& columns);
  /// Takes what another one took, whose rows now come behind so many others.
  void take(Audit& other, std::int64_t rows);
  /// Of what was taken: (n, dimension).
  [[nodiscard]] ConstArray x(std::int64_t dimension) const { return {m_x.data(), std::ssize(m_rows), dimension}; }
  /// Where its truth is to be put: (n, outputs); NaN where it fails.
  [[nodiscard]] Array truth(std::int64_t outputs);
  /// Forgets what was taken.
  void forget();

  struct Found {
    std::int64_t audited = 0;  ///< answers whose truth is known
    std::int64_t beyond = 0;   ///< of these, those that are off by more than is allowed
  };
  /// Compares what was taken with the truth, and forgets it.
  /// \throws NumericalError if the gate proved an answer to be better than it is
  Found finish(QueryTable& table);

  [[nodiscard]] AuditedErrors& errors() noexcept { return m_errors; }

 private:
  const Gate& m_gate;
  std::int64_t m_every;
  std::uint64_t m_seed;
  bool m_rows_are_kept;
  AuditedErrors m_errors;
  std::vector<std::int64_t> m_queries, m_rows;
  std::vector<double> m_x, m_surrogate, m_approximation, m_bound, m_truth;
};

}  // namespace ailoop
