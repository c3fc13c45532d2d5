#include <ailoop/emulator/emulator.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

namespace ailoop {

namespace {

/// Row `index` of an array.
std::span<const double> row(ConstArray array, std::int64_t index) {
  return {array.data + index * array.cols, static_cast<std::size_t>(array.cols)};
}

/// The same as an array of one row.
ConstArray row_of(ConstArray array, std::int64_t index) { return {array.data + index * array.cols, 1, array.cols}; }

bool overlap(ConstArray a, ConstArray b) {
  constexpr std::less<> before;  // of pointers into different arrays, too
  return a.rows > 0 && before(a.data, b.data + b.rows * b.cols) && before(b.data, a.data + a.rows * a.cols);
}

std::string shape_text(ConstArray array) {
  return "(" + std::to_string(array.rows) + ", " + std::to_string(array.cols) + ")";
}

}  // namespace

/// One call of evaluate. Approximation and bound of a query are computed once, on the rank that brought it: they do not
/// depend on the model.
class Emulator::Evaluation {
 public:
  Evaluation(Emulator& emulator, ConstArray queries, Array y, std::span<Verdict> verdicts)
      : m_emulator(emulator),
        m_facts(emulator.m_parts.problem.facts()),
        m_queries(queries),
        m_y(y),
        m_verdicts(verdicts),
        m_pending(verdicts.size()),
        m_truth_is_known(verdicts.size(), 0) {
    std::iota(m_pending.begin(), m_pending.end(), 0);
  }

  EvaluationReport run() {
    const Communicator& comm = m_emulator.m_parts.comm;
    m_emulator.share_counts();
    m_emulator.update_copies();
    agreed(comm, "evaluate", [&] {
      require_usable_queries();
      keep_queries_apart();
    });
    agreed(comm, "approximating", [&] { approximate(); });
    for (;;) {
      agreed(comm, "predicting", [&] { ask_pending(); });
      find_truth(Verdict::inconclusive);
      decide_inconclusive();
      if (count_everywhere(static_cast<std::int64_t>(m_pending.size())) == 0) {
        break;
      }
      const bool is_vain = retraining_is_vain();
      const bool stops = is_vain && m_emulator.m_settings.on_stagnation == OnStagnation::stop;
      if (is_vain || m_report.retrainings >= m_emulator.m_settings.retrainings_per_query) {
        give_up_pending(stops ? OnExhausted::stop : m_emulator.m_settings.on_exhausted);
        break;
      }
      const RetrainingReport retraining = m_emulator.retrain();
      m_loss = loss_of(retraining);
      ++m_report.retrainings;
      m_report.truth_calls += retraining.drawn;
      agree_or_throw(comm, m_emulator.take_failure());
      m_emulator.update_copies();
    }
    std::array<std::int64_t, 3> counts = {m_report.by_surrogate, m_report.by_truth, m_report.unanswered};
    AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, counts.data(), 3, MPI_INT64_T, MPI_SUM, comm.get()));
    m_report.by_surrogate = counts[0];
    m_report.by_truth = counts[1];
    m_report.unanswered = counts[2];
    return m_report;
  }

 private:
  /// Outside of the box nothing is known of the bound.
  void require_usable_queries() const {
    AILOOP_REQUIRE(m_queries.where == Memory::host && m_y.where == Memory::host,
                   "queries and y must be in host memory");
    AILOOP_REQUIRE(m_queries.cols == m_facts.dimension && m_y.cols == m_facts.outputs && m_queries.rows == m_y.rows &&
                       m_queries.rows == static_cast<std::int64_t>(m_verdicts.size()),
                   "queries must be (n, " + std::to_string(m_facts.dimension) + "), y (n, " +
                       std::to_string(m_facts.outputs) + ") and verdicts (n), with the same n; found " +
                       shape_text(m_queries) + ", " + shape_text(m_y) + " and (" + std::to_string(m_verdicts.size()) +
                       ")");
    for (std::int64_t i = 0; i < m_queries.rows; ++i) {
      AILOOP_REQUIRE(is_inside(m_facts, row(m_queries, i)), "query " + std::to_string(i) +
                                                                " at x = " + point_text(row(m_queries, i)) +
                                                                " lies outside of the problem's box");
    }
  }

  /// Answers that go where the queries are: the queries are needed to the end.
  void keep_queries_apart() {
    if (!overlap(m_queries, m_y)) {
      return;
    }
    AILOOP_REQUIRE(m_queries.data == m_y.data && m_queries.cols == m_y.cols,
                   "queries and y share memory; they may only where both start at the same address and the problem has "
                   "as many outputs as dimensions");
    m_own_queries.assign(m_queries.data, m_queries.data + m_queries.rows * m_queries.cols);
    m_queries.data = m_own_queries.data();
  }

  [[nodiscard]] std::int64_t count_everywhere(std::int64_t here) const {
    AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &here, 1, MPI_INT64_T, MPI_SUM, m_emulator.m_parts.comm.get()));
    return here;
  }

  /// Adds all shares in ascending order, as a check does.
  void approximate() {
    const Problem& problem = m_emulator.m_parts.problem;
    const Execution execution = execution_for(m_queries.rows);
    const auto numbers = static_cast<std::size_t>(m_queries.rows * m_facts.outputs);
    m_approximation.assign(numbers, 0.0);
    m_bound.assign(m_emulator.m_settings.gate == GateMode::certified ? numbers : 0, 0.0);
    std::vector<double> share_values(numbers);
    for (std::int64_t share = 0; share < m_facts.shares && numbers > 0; ++share) {
      problem.approximation(execution, share, m_queries, array(share_values));
      std::ranges::transform(m_approximation, share_values, m_approximation.begin(), std::plus<>());
    }
    if (!m_bound.empty()) {
      problem.approximation_error(execution, m_queries, array(m_bound));
    }
  }

  /// Predicts at the pending queries; those that the gate accepts are answered.
  void ask_pending() {
    const std::vector<double> x = rows_of(m_queries, m_pending);
    const auto n = static_cast<std::int64_t>(m_pending.size());
    std::vector<double> s(static_cast<std::size_t>(n * m_facts.outputs));
    const Array predicted{s.data(), n, m_facts.outputs};
    if (n > 0) {
      m_emulator.m_parts.surrogate.predict(execution_for(n), {x.data(), n, m_facts.dimension}, predicted);
    }
    std::vector<std::int64_t> still_pending;
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t query = m_pending[static_cast<std::size_t>(i)];
      Judgement judgement;
      m_emulator.judge(row_of(predicted, i), row_of(array(m_approximation), query),
                       m_bound.empty() ? ConstArray() : row_of(array(m_bound), query), std::span(&judgement, 1));
      verdict(query) = judgement.verdict;
      std::ranges::copy(row(predicted, i), m_y.data + query * m_y.cols);
      if (judgement.verdict == Verdict::accepted) {
        ++m_report.by_surrogate;
      } else {
        still_pending.push_back(query);
      }
    }
    m_pending = std::move(still_pending);
  }

  /// Makes the truth known at the pending queries of that verdict. Collective.
  void find_truth(Verdict of_verdict) {
    std::vector<std::int64_t> unknown;
    std::ranges::copy_if(m_pending, std::back_inserter(unknown), [&](std::int64_t query) {
      return verdict(query) == of_verdict && m_truth_is_known[static_cast<std::size_t>(query)] == 0;
    });
    const std::vector<double> x = rows_of(m_queries, unknown);
    const auto n = static_cast<std::int64_t>(unknown.size());
    std::vector<double> values(static_cast<std::size_t>(n * m_facts.outputs));
    const Array found{values.data(), n, m_facts.outputs};
    m_report.truth_calls += m_emulator.truth({x.data(), n, m_facts.dimension}, found);
    if (n > 0) {
      m_truth.resize(static_cast<std::size_t>(m_y.rows * m_y.cols));
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t query = unknown[static_cast<std::size_t>(i)];
      m_truth_is_known[static_cast<std::size_t>(query)] = 1;
      std::ranges::copy(row(found, i), m_truth.begin() + query * m_y.cols);
    }
  }

  /// Answers the pending query by the truth, which is NaN where it failed.
  void answer_by_truth(std::int64_t query) {
    const auto truth = row(array(m_truth), query);
    std::ranges::copy(truth, m_y.data + query * m_y.cols);
    ++(std::isnan(truth[0]) ? m_report.unanswered : m_report.by_truth);
  }

  /// Inconclusive queries are answered, or else rejected.
  void decide_inconclusive() {
    std::erase_if(m_pending, [&](std::int64_t query) {
      if (verdict(query) != Verdict::inconclusive) {
        return false;
      }
      const auto truth = row(array(m_truth), query);
      if (!std::isnan(truth[0]) && !is_within(row(m_y, query), truth, m_emulator.m_settings.tolerance)) {
        verdict(query) = Verdict::rejected;
        return false;
      }
      answer_by_truth(query);
      return true;
    });
  }

  /// Whether no further retraining helps any query that is pending on any rank. Collective.
  [[nodiscard]] bool retraining_is_vain() {
    const bool is_certified = !m_bound.empty();
    std::vector<double> excesses;
    for (const std::int64_t query : m_pending) {
      const bool decided = is_certified && m_truth_is_known[static_cast<std::size_t>(query)] != 0;
      excesses.push_back(excess(row(m_y, query), row(array(decided ? m_truth : m_approximation), query),
                                is_certified && !decided ? row(array(m_bound), query) : std::span<const double>(),
                                m_emulator.m_settings.tolerance));
    }
    const Communicator& comm = m_emulator.m_parts.comm;
    const std::vector<double> x = gathered(comm, rows_of(m_queries, m_pending), RoleLayout::model_rank);
    excesses = gathered(comm, excesses, RoleLayout::model_rank);
    int is_vain = 0;
    agreed(comm, "judging stagnation", [&] {
      if (m_emulator.is_model_rank()) {
        if (m_report.retrainings > 0) {
          m_stagnation.add(m_loss, least_error(excesses, m_emulator.m_settings.tolerance), std::ssize(excesses));
        }
        is_vain = m_emulator.is_stagnation(m_emulator.m_settings.on_stagnation, m_stagnation,
                                           {x.data(), std::ssize(excesses), m_facts.dimension}, excesses)
                      ? 1
                      : 0;
      }
    });
    AILOOP_MPI(MPI_Bcast(&is_vain, 1, MPI_INT, RoleLayout::model_rank, comm.get()));
    return is_vain != 0;
  }

  void give_up_pending(OnExhausted on_exhausted) {
    if (on_exhausted == OnExhausted::stop) {
      m_report.unanswered += static_cast<std::int64_t>(m_pending.size());
      return;
    }
    find_truth(Verdict::rejected);
    std::ranges::for_each(m_pending, [&](std::int64_t query) { answer_by_truth(query); });
  }

  [[nodiscard]] Verdict& verdict(std::int64_t query) { return m_verdicts[static_cast<std::size_t>(query)]; }

  [[nodiscard]] Array array(std::vector<double>& values) const { return {values.data(), m_y.rows, m_y.cols}; }

  [[nodiscard]] static std::vector<double> rows_of(ConstArray array, const std::vector<std::int64_t>& indices) {
    std::vector<double> rows;
    rows.reserve(indices.size() * static_cast<std::size_t>(array.cols));
    for (const std::int64_t index : indices) {
      rows.insert(rows.end(), array.data + index * array.cols, array.data + (index + 1) * array.cols);
    }
    return rows;
  }

  Emulator& m_emulator;
  const Facts& m_facts;
  ConstArray m_queries;
  std::vector<double> m_own_queries;
  Array m_y;
  std::span<Verdict> m_verdicts;
  std::vector<std::int64_t> m_pending;  // queries without an answer, ascending
  std::vector<char> m_truth_is_known;
  std::vector<double> m_approximation;
  std::vector<double> m_bound;  // empty where the gate needs none
  std::vector<double> m_truth;  // where it is known
  Stagnation m_stagnation;      // model rank
  double m_loss = 0.0;          // model rank: of the last retraining
  EvaluationReport m_report;    // of this rank until the end
};

EvaluationReport Emulator::evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
  detail::require_mpi("Emulator::evaluate");
  return Evaluation(*this, queries, y, verdicts).run();
}

}  // namespace ailoop
