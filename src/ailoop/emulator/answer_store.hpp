// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/interface.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/query_table.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// Where answers to queries first ... first + n - 1 of this rank go.
struct AnswerColumns {
  Array y;                      ///< (n, outputs)
  std::span<Verdict> verdicts;  ///< (n), or none
  std::int64_t first = 0;
  Array x;                            ///< (n, dimension), or none
  std::span<AnsweredBy> answered_by;  ///< (n), or none; `open` until that is known
};

/// Keeps the answers to all queries, on each rank that asks those that it asked.
class AnswerStore : public Interface {
 public:
  /// Room for the answers to queries that this rank will ask, which stays where it is until `completed`.
  [[nodiscard]] virtual AnswerColumns room(IndexRange queries) = 0;
  /// Queries 0 ... count - 1 have all they will get. Collective among the ranks that ask.
  /// \param[in] is_end nothing follows
  /// \throws AgreedError on these ranks if something cannot be written
  virtual void completed(std::int64_t count, bool is_end) = 0;

  /// Row by row, the answers of this rank to queries 0 ... asked - 1 that are not written yet.
  [[nodiscard]] virtual std::vector<double> packed(std::int64_t asked) const = 0;
  /// Instead of what is here: rows of any ranks, in any order, behind so many queries that are written.
  virtual void replace(std::int64_t written, std::span<const double> rows) = 0;
  [[nodiscard]] virtual std::int64_t written() const = 0;
};

}  // namespace ailoop
