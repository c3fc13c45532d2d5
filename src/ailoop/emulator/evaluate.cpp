// A simulation's own queries: one batch of the loop, on all ranks.
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/everywhere_layout.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>

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
    const std::int64_t outside =
        kernels::sum_over_stretches("ailoop::Emulator::take", x.rows, [&](std::int64_t start, std::int64_t count) {
          double* const to = x.data + start * x.cols;
          std::copy_n(m_points.data + (first + start) * x.cols, count * x.cols, to);
          return std::int64_t{are_inside({to, count, x.cols}) ? 0 : 1};
        });
    if (outside > 0) {
      refuse(first, x);
    }
  }

 private:
  /// Whether component j of n points lies in the box.
  template <class Stride>
  [[nodiscard]] bool are_inside(std::size_t j, const double* x, std::int64_t n, Stride stride) const {
    const double lower = m_facts.lower[j];
    const double upper = m_facts.upper[j];
    std::int64_t outside = 0;  // as wide as the numbers, for vectors of both
    for (std::int64_t i = 0; i < n; ++i) {
      outside |= x[i * stride] >= lower ? 0 : 1;  // NaN is outside, too
      outside |= x[i * stride] < upper ? 0 : 1;
    }
    return outside == 0;
  }

  [[nodiscard]] bool are_inside(ConstArray x) const {
    if (x.cols == 1) {  // a stride that the compiler knows
      return are_inside(0, x.data, x.rows, std::integral_constant<std::int64_t, 1>());
    }
    bool inside = true;
    for (std::int64_t j = 0; j < x.cols; ++j) {
      inside = inside && are_inside(static_cast<std::size_t>(j), x.data + j, x.rows, x.cols);
    }
    return inside;
  }

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
            .retrainings = tally.retrainings,
            .audited = tally.audited,
            .beyond = tally.beyond};
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
