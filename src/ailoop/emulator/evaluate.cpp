// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A simulation's own queries: one batch of the loop, on all ranks.
#include <ailoop/core/index_range.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/everywhere_layout.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/all_hold.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

std::string shape_text(ConstArray array) {
  return "(" + std::to_string(array.rows) + ", " + std::to_string(array.cols) + ")";
}

bool overlap(ConstArray a, ConstArray b) {
  constexpr std::less<> before;  // of pointers into different arrays, too
  return a.rows > 0 && before(a.data, b.data + b.rows * b.cols) && before(b.data, a.data + a.rows * a.cols);
}

/// The queries that the caller brought.
class BroughtQueries final : public QuerySource {
 public:
  explicit BroughtQueries(const Facts& facts) : m_facts(facts) {}

  /// \param[in] first           index of the first of them
  /// \param[in] are_overwritten by their answers
  void take(ConstArray points, std::int64_t first, bool are_overwritten) {
    m_points = points;
    m_first = first;
    m_are_overwritten = are_overwritten;
  }

  void queries(std::int64_t first, Array x) const override { copy(of_caller(first, x.rows), x); }
  [[nodiscard]] Memory where() const override { return m_points.where; }

  /// \throws UsageError if one lies outside of the box, where nothing is known of the bound
  [[nodiscard]] ConstArray points(std::int64_t first, Array room) const override {
    if (m_are_overwritten) {
      queries(first, room);
    }
    const ConstArray x = m_are_overwritten ? room : of_caller(first, room.rows);
    if (x.where == Memory::device) {
      return x;  // looked at there
    }
    const std::int64_t outside =
        sum_over_stretches("ailoop::Emulator::take", x.rows, [&](std::int64_t start, std::int64_t count) {
          return std::int64_t{are_inside(x.part({start, start + count})) ? 0 : 1};
        });
    if (outside > 0) {
      refuse(first, x);
    }
    return x;
  }

 private:
  [[nodiscard]] ConstArray of_caller(std::int64_t first, std::int64_t n) const {
    return m_points.part({first - m_first, first - m_first + n});
  }

  /// Whether component j of n points lies in the box.
  template <class Stride>
  [[nodiscard]] bool are_inside(std::size_t j, const double* x, std::int64_t n, Stride stride) const {
    const double lower = m_facts.lower[j];
    const double upper = m_facts.upper[j];
    // NaN is outside, too
    return kernels::all_hold(
        n, [=](std::int64_t i) { return x[i * stride] >= lower; },
        [=](std::int64_t i) { return x[i * stride] < upper; });
  }

  [[nodiscard]] bool are_inside(ConstArray x) const {
    if (x.cols == 1) {  // a stride that the compiler knows
      return are_inside(0, x.data, x.rows, std::integral_constant<std::int64_t, 1>());
    }
    bool inside = true;
    for (std::int64_t j = 0; j < x.cols; ++j) {
      inside = inside && are_inside(as_size(j), x.data + j, x.rows, x.cols);
    }
    return inside;
  }

  void refuse(std::int64_t first, ConstArray x) const {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const std::span<const double> point(x.data + i * x.cols, as_size(x.cols));
      AILOOP_REQUIRE(is_inside(m_facts, point), outside_text(first + i, point));
    }
  }

  const Facts& m_facts;
  ConstArray m_points;
  std::int64_t m_first = 0;
  bool m_are_overwritten = false;
};

/// Copies on the host of what a caller brought on a device.
class Staging {
 public:
  /// Puts the copies in their place.
  void take(ConstArray& queries, Array& y, std::span<Verdict>& verdicts) {
    m_to = {y, {verdicts.data(), std::ssize(verdicts), 1, Memory::device}};
    m_queries = {queries.rows, queries.cols, Memory::host};
    m_y = {y.rows, y.cols, Memory::host};
    m_verdicts = {y.rows, 1, Memory::host};
    copy(queries, m_queries.rows());
    queries = m_queries.rows();
    y = m_y.rows();
    verdicts = {m_verdicts.rows().data, verdicts.size()};
  }
  /// Nothing is staged: a call before this one may have failed.
  void forget() { m_to.reset(); }
  /// Copies the answers to where they were wanted.
  void give_back() {
    if (m_to) {
      copy(m_y.rows(), m_to->first);
      copy(m_verdicts.rows(), m_to->second);
      m_to.reset();
    }
  }

 private:
  std::optional<std::pair<Array, ArrayOf<Verdict>>> m_to;
  OwnedRows<double> m_queries, m_y;
  OwnedRows<Verdict> m_verdicts;
};

}  // namespace

/// What evaluate keeps from call to call: memory, what it has counted, and that retraining stagnated.
class Emulator::Evaluation {
 public:
  Evaluation(Emulator& emulator, bool is_followed, std::vector<RunObserver*> observers, KeptChecks kept)
      : m_emulator(emulator),
        m_facts(emulator.problem().facts()),
        m_is_followed(is_followed),
        m_is_timed(m_is_followed || emulator.settings().limits.wall_seconds > 0.0),
        m_queries(m_facts),
        m_layout(emulator.m_parts.comm, emulator.problem(), emulator.gate(), emulator.m_parts.executions),
        m_loop({.emulator = emulator,
                .layout = m_layout,
                .queries = m_queries,
                .observers = std::move(observers),
                .kept = kept,
                .interruption = [this] { return interruption(); },
                .remembers_stagnation = true},
               emulator.settings().limits, Loop::Clock::now()) {}

  EvaluationReport run(ConstArray queries, Array y, std::span<Verdict> verdicts) {
    m_emulator.update_copies();
    m_start = m_is_timed ? Loop::Clock::now() : Loop::Clock::time_point();
    const std::int64_t first = m_loop.asked() + before_mine(queries.rows);
    const auto failure = failure_of("evaluate", [&] {
      m_staging.forget();
      require_usable(queries, y, verdicts);
      if (y.where == Memory::device && m_layout.executions().of(queries.rows) != Execution::device) {
        m_staging.take(queries, y, verdicts);  // so few that the host is faster
      }
      m_queries.take(queries, first, queries.data == y.data);
    });
    m_layout.bring({first, failure ? first : first + queries.rows});
    m_loop.start_over(m_emulator.settings().limits, AnswerColumns{y, verdicts, first}, failure);
    m_loop.act({.kind = Action::Kind::ask});
    const std::int64_t n = m_loop.progress().next_query;  // as many as all ranks brought
    Limits& limits = m_loop.limits();
    limits.accepted = n;
    limits.queries = n;
    Action action = m_loop.next();
    for (; action.kind != Action::Kind::stop; action = m_loop.next()) {
      m_loop.act(action);
    }
    leave_open(action);
    m_loop.bring_answers();
    m_staging.give_back();
    if (m_is_followed) {
      collect();
      m_loop_s += seconds_since_start();
    }
    const Tally& tally = m_loop.outcome().tally;
    return {.by_surrogate = tally.by_surrogate,
            .by_truth = tally.by_truth,
            .unanswered = n - tally.answers(),
            .truth_calls = tally.truth_calls,
            .retrainings = tally.retrainings,
            .end = action.end,
            .limit = action.limit,
            .audited = tally.audited,
            .beyond = tally.beyond};
  }

  Outcome outcome() {
    collect();
    m_loop.sum_up(false);
    Outcome outcome = m_loop.outcome();
    outcome.tally = m_loop.total();
    outcome.longest = m_loop.times();
    outcome.loop_s = m_loop_s;
    return outcome;
  }

  SafetensorsFile saved() {
    collect();
    SafetensorsFile file;
    agreed(m_emulator.m_parts.comm, "saving", [&] {
      if (m_emulator.is_model_rank()) {
        file = m_loop.saved();
      }
    });
    return file;
  }

  void go_on_from(const SafetensorsFile* saved) {
    agreed(m_emulator.m_parts.comm, "resuming",
           [&] { m_loop.go_on_from(m_emulator.is_model_rank() ? saved : nullptr); });
    m_emulator.share_state();
  }

 private:
  void collect() {
    m_loop.collect();
    m_loop.agree_on_failure();
  }

  /// Queries of this call on the ranks before this one. They count where somebody sees the indices of queries or
  /// answers are chosen by them; else they save a message.
  [[nodiscard]] std::int64_t before_mine(std::int64_t n) const {
    std::int64_t before = 0;
    if (m_is_followed || m_emulator.settings().audit > 0) {
      const Communicator& comm = m_emulator.m_parts.comm;
      AILOOP_MPI(MPI_Exscan(&n, &before, 1, MPI_INT64_T, MPI_SUM, comm.get()));
      before = comm.rank() == 0 ? 0 : before;  // which MPI leaves undefined
    }
    return before;
  }

  [[nodiscard]] Interruption interruption() const {
    const double allowed = m_emulator.settings().limits.wall_seconds;
    const bool is_late = allowed > 0.0 && m_emulator.is_model_rank() && seconds_since_start() >= allowed;
    return is_late ? Interruption::wall_seconds : Interruption::none;
  }

  [[nodiscard]] double seconds_since_start() const {
    return std::chrono::duration<double>(Loop::Clock::now() - m_start).count();
  }

  /// What a limit left without an answer.
  void leave_open(const Action& stop) {
    const bool is_limit = stop.limit == LimitReached::checks || stop.limit == LimitReached::wall_seconds;
    if (is_limit && m_loop.progress().pending > 0 && m_emulator.settings().limits.on_exhausted == OnExhausted::truth) {
      m_loop.act({.kind = Action::Kind::answer});
    } else {
      m_loop.leave_pending();
    }
  }

  void require_usable(ConstArray queries, ConstArray y, std::span<const Verdict> verdicts) const {
    AILOOP_REQUIRE(queries.where == y.where, "queries and y must be in the same memory");
    AILOOP_REQUIRE(y.where == Memory::host || has_device(), "queries and y are said to be on a device; there is none");
    AILOOP_REQUIRE(queries.cols == m_facts.dimension && y.cols == m_facts.outputs && queries.rows == y.rows &&
                       queries.rows == std::ssize(verdicts),
                   "queries must be (n, " + std::to_string(m_facts.dimension) + "), y (n, " +
                       std::to_string(m_facts.outputs) + ") and verdicts (n), with the same n; found " +
                       shape_text(queries) + ", " + shape_text(y) + " and (" + std::to_string(verdicts.size()) + ")");
    // a block of queries is taken before its answers are written
    AILOOP_REQUIRE(!overlap(queries, y) || (queries.data == y.data && queries.cols == y.cols),
                   "queries and y share memory; they may only where both start at the same address and the problem has "
                   "as many outputs as dimensions");
  }

  Emulator& m_emulator;
  const Facts& m_facts;
  bool m_is_followed;
  bool m_is_timed;
  Loop::Clock::time_point m_start;  // of this call
  double m_loop_s = 0.0;            // of all calls
  Staging m_staging;
  BroughtQueries m_queries;
  EverywhereLayout m_layout;
  Loop m_loop;
};

Emulator::Evaluation& Emulator::evaluation() {
  if (!m_evaluation) {
    m_evaluation = std::make_shared<Evaluation>(*this, false, std::vector<RunObserver*>(), KeptChecks::none);
  }
  return *m_evaluation;
}

EvaluationReport Emulator::evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
  detail::require_mpi("Emulator::evaluate");
  return evaluation().run(queries, y, verdicts);
}

void Emulator::follow(std::vector<RunObserver*> observers, KeptChecks kept) {
  AILOOP_REQUIRE(!m_evaluation, "Emulator::follow: before the first call of evaluate");
  m_evaluation = std::make_shared<Evaluation>(*this, true, std::move(observers), kept);
}

Outcome Emulator::outcome() { return evaluation().outcome(); }

SafetensorsFile Emulator::saved() { return evaluation().saved(); }

void Emulator::go_on_from(const SafetensorsFile* saved) { evaluation().go_on_from(saved); }

}  // namespace ailoop
