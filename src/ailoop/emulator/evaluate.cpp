// A simulation's own queries: one batch of the loop, on all ranks.
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/everywhere_layout.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

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

  void take(ConstArray points) { m_points = points; }

  /// \throws UsageError if one lies outside of the box, where nothing is known of the bound
  void queries(std::int64_t first, Array x) const override {
    const double* const from = m_points.data + first * x.cols;
    std::copy_n(from, x.rows * x.cols, x.data);
    bool are_inside = true;
    for (std::int64_t i = 0; i < x.rows; ++i) {
      for (std::int64_t j = 0; j < x.cols; ++j) {
        const double value = x.data[i * x.cols + j];
        const auto component = static_cast<std::size_t>(j);
        are_inside &= value >= m_facts.lower[component] && value < m_facts.upper[component];
      }
    }
    if (!are_inside) {
      refuse(first, x);
    }
  }

 private:
  void refuse(std::int64_t first, ConstArray x) const {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const std::span<const double> point(x.data + i * x.cols, static_cast<std::size_t>(x.cols));
      AILOOP_REQUIRE(is_inside(m_facts, point), "query " + std::to_string(first + i) + " at x = " + point_text(point) +
                                                    " lies outside of the problem's box");
    }
  }

  const Facts& m_facts;
  ConstArray m_points;
};

}  // namespace

/// What evaluate keeps from call to call: memory, and nothing that an answer depends on.
class Emulator::Evaluation {
 public:
  explicit Evaluation(Emulator& emulator)
      : m_emulator(emulator),
        m_facts(emulator.problem().facts()),
        m_queries(m_facts),
        m_layout(emulator.m_parts.comm, emulator.problem(), emulator.gate()),
        m_loop({.emulator = emulator, .layout = m_layout, .queries = m_queries}, limits_of(emulator.settings()),
               Loop::Clock::now()) {}

  EvaluationReport run(ConstArray queries, Array y, std::span<Verdict> verdicts) {
    m_emulator.update_copies();
    const auto failure = failure_of("evaluate", [&] {
      require_usable(queries, y, verdicts);
      m_queries.take(queries);
    });
    m_layout.bring(failure ? 0 : queries.rows);
    m_loop.start_over(limits_of(m_emulator.settings()), AnswerColumns{y, verdicts}, failure);
    m_loop.act({.kind = Action::Kind::ask});
    Limits& limits = m_loop.limits();
    limits.accepted = m_loop.progress().next_query;  // as many as all ranks brought
    limits.queries = limits.accepted;
    Action action = m_loop.next();
    for (; action.kind != Action::Kind::stop; action = m_loop.next()) {
      m_loop.act(action);
    }
    const Tally& tally = m_loop.outcome().tally;
    return {.by_surrogate = tally.by_surrogate,
            .by_truth = tally.by_truth,
            .unanswered = *limits.queries - tally.answers(),
            .truth_calls = tally.truth_calls,
            .retrainings = tally.retrainings};
  }

 private:
  static Limits limits_of(const EmulatorSettings& settings) {
    constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();
    Limits limits;
    limits.retrainings = endless;
    limits.retrainings_per_query = settings.retrainings_per_query;
    limits.on_exhausted = settings.on_exhausted;
    limits.on_stagnation = settings.on_stagnation;
    limits.checks = endless;
    return limits;
  }

  void require_usable(ConstArray queries, ConstArray y, std::span<const Verdict> verdicts) const {
    AILOOP_REQUIRE(queries.where == Memory::host && y.where == Memory::host, "queries and y must be in host memory");
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
  BroughtQueries m_queries;
  EverywhereLayout m_layout;
  Loop m_loop;
};

EvaluationReport Emulator::evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
  detail::require_mpi("Emulator::evaluate");
  if (!m_evaluation) {
    m_evaluation = std::make_shared<Evaluation>(*this);
  }
  return m_evaluation->run(queries, y, verdicts);
}

}  // namespace ailoop
