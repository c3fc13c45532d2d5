// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/answer_store.hpp>
#include <ailoop/emulator/audit.hpp>
#include <ailoop/emulator/device_checks.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/layout.hpp>
#include <ailoop/emulator/query_source.hpp>
#include <ailoop/emulator/query_table.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace ailoop {

/// What a checker works with; all must outlive it.
struct CheckerParts {
  Emulator& emulator;
  Layout& layout;
  const QuerySource& queries;
  bool keeps_all = false;  ///< also rows of accepted queries
};

/// Checks queries: asks the surrogate, the approximation and the gate, and keeps what they said in a table. Several
/// checkers may work at the same time, on a thread each.
class Checker {
 public:
  /// \param[in] capacity, checks rows and checks that the table has room for
  Checker(const CheckerParts& parts, std::int64_t capacity, std::int64_t checks);

  [[nodiscard]] QueryTable& table() noexcept { return m_table; }
  [[nodiscard]] Audit& audit() noexcept { return m_audit; }
  /// Of the action at hand.
  [[nodiscard]] LoopCounts& counts() noexcept { return m_counts; }
  /// Seconds of approximations that the layout does not count itself.
  [[nodiscard]] double approximate_s() const noexcept { return m_approximate_s; }

  /// Forgets pending queries.
  /// \param[in] failure of this rank before
  void start_over(const AnswerColumns& answers, const std::optional<LocalFailure>& failure) {
    m_answers = answers;
    m_table.forget_pending();
    m_audit.forget();
    if (m_device) {
      m_device->forget_late();
    }
    m_failed = failure.has_value();
    m_failure = failure;
  }
  /// From now on the answers go there, where somebody wants them.
  void answer_into(const std::optional<AnswerColumns>& answers) { m_answers = answers; }
  [[nodiscard]] const std::optional<AnswerColumns>& answers() const noexcept { return m_answers; }

  /// Checks new queries, so many at once; nothing after something failed.
  void check_new(IndexRange queries, std::int64_t block);
  /// The same on the device, in pieces that its memory has room for.
  void check_new_on_device(IndexRange queries);
  /// Checks the pending ones again.
  void check_again(std::int64_t block);
  /// Adds what a checker found whose queries follow those of this one, and leaves nothing there.
  void take(Checker& following);

  /// By its truth, which is known.
  void settle_by_truth(std::int64_t row);
  void put_answer(std::int64_t row, std::span<const double> y, AnsweredBy who);
  void put_verdict(std::int64_t row, Verdict verdict);
  /// Brings answers that were put since to the device, where they go there.
  void bring_answers() {
    if (m_answers && m_answers->y.where == Memory::device) {
      m_device->bring_late(m_answers->y, m_answers->verdicts);
    }
  }

  /// Remembers what fails until it is taken: the first failure counts.
  template <class Work>
  void attempt(std::string_view phase, const Work& work) {
    if (m_failed) {
      return;
    }
    if (auto failure = failure_of(phase, work)) {
      fail(std::move(failure));
    }
  }
  /// \param[in] why none: another rank knows it
  void fail(std::optional<LocalFailure> why) {
    m_failed = true;
    m_failure = std::move(why);
  }
  [[nodiscard]] bool has_failed() const noexcept { return m_failed; }
  [[nodiscard]] std::optional<LocalFailure> take_failure() {
    m_failed = false;
    return std::exchange(m_failure, std::nullopt);
  }

 private:
  /// Rows that are checked together. Their points and the surrogate's answers are in the table, or, if the queries are
  /// new, in the caller's memory, which is slow: then the table gets what must stay.
  struct Block {
    bool is_new = false;
    IndexRange rows;
    ConstArray x;
    Array surrogate;
  };

  void check_block(IndexRange queries);
  void check_piece_on_device(IndexRange queries);
  /// What a piece that was judged gives: answers, and rows for the host.
  void take_piece(IndexRange queries, const DeviceChecks::Piece& piece);
  /// Where the caller wants them on the host.
  void take_answers(IndexRange queries, const DeviceChecks::Piece& piece);
  void predict(const Block& block);
  /// Judges rows, settles them as far as is known, and counts.
  /// \return how many are accepted
  std::int64_t judge(const Block& block);
  /// Counts what was judged, chooses what is audited, and settles what is known.
  /// \param[in] x, columns of these rows
  /// \param[in] n          how many were judged, of which only those that are not accepted need be in the rows
  void count_judged(IndexRange rows, ConstArray x, const JudgedColumns& columns, std::int64_t n, std::int64_t accepted);
  /// What these of its rows need of the caller's memory from now on.
  void keep(const Block& block, IndexRange part);
  /// The verdicts on these of its rows, and with old queries the answers, go where the caller wants them.
  void put_verdicts(const Block& block, IndexRange part);
  [[nodiscard]] std::size_t place_of(std::int64_t row) const;

  CheckerParts m_parts;
  const Facts& m_facts;
  const Gate& m_gate;
  QueryTable m_table;
  Audit m_audit;
  LoopCounts m_counts;
  std::optional<AnswerColumns> m_answers;  // of the batch at hand
  std::unique_ptr<DeviceChecks> m_device;  // made when it is needed
  bool m_failed = false;
  std::optional<LocalFailure> m_failure;
  double m_approximate_s = 0.0;
};

}  // namespace ailoop
