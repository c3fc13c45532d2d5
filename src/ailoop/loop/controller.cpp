#include <ailoop/loop/controller.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <array>
#include <exception>

namespace ailoop {

namespace {

constexpr std::int64_t log_capacity = 4096;
constexpr double seconds_between_flushes = 1.0;

}  // namespace

Controller::Controller(const ControllerParts& parts, const Limits& limits, std::chrono::steady_clock::time_point start)
    : m_parts(parts),
      m_limits(limits),
      m_start(start),
      m_channel(parts.comm, parts.roles, parts.waiting),
      m_log(parts.comm.rank() == RoleLayout::model_rank ? log_capacity : 1, parts.problem.facts().dimension,
            parts.problem.facts().outputs),
      m_x(static_cast<std::size_t>(parts.problem.facts().dimension)) {}

Outcome Controller::run() {
  try {
    Outcome outcome = m_parts.comm.rank() == RoleLayout::model_rank ? lead() : follow();
    outcome.longest = longest_times();
    agreed(m_parts.comm, [&] { tell([&](RunObserver& observer) { observer.ended(outcome); }); });
    return outcome;
  } catch (...) {
    const LocalFailure failure = current_failure();
    try {
      tell([&](RunObserver& observer) { observer.failed(Error(failure.kind, failure.message)); });
    } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts
    }
    throw;
  }
}

Outcome Controller::lead() {
  try {
    return decide_until_the_end();
  } catch (const AgreedError&) {
    throw;
  } catch (...) {
    if (m_in_collective) {
      throw;  // the other ranks are inside a collective operation that cannot be completed: the caller must abort
    }
    const LocalFailure failure = current_failure();
    m_channel.announce({Decision::Kind::fail, 0, End::gave_up});
    agree_or_throw(m_parts.comm, &failure);
    throw;
  }
}

Outcome Controller::decide_until_the_end() {
  const double loop_start_s = elapsed_s();
  Outcome outcome;
  for (;;) {
    const Action action = next_action(m_progress, outcome.tally, m_limits);
    switch (action.kind) {
      case Action::Kind::check:
        check(outcome);
        break;
      case Action::Kind::retrain:
        retrain(outcome);
        break;
      case Action::Kind::stop:
        flush(outcome.tally);
        outcome.end = action.end;
        outcome.limit = action.limit;
        if (action.end == End::gave_up) {
          outcome.unanswered = asked(m_progress).query;
        }
        outcome.ended_s = elapsed_s();
        outcome.loop_s = outcome.ended_s - loop_start_s;
        m_channel.announce({Decision::Kind::stop, 0, action.end});
        return outcome;
    }
    if (m_parts.emulator.has_failed()) {
      try {
        flush(outcome.tally);  // what was answered before is not lost
      } catch (...) {          // NOLINT(bugprone-empty-catch): the first error counts
      }
      m_channel.announce({Decision::Kind::fail, 0, End::gave_up});
      m_in_collective = true;
      m_parts.emulator.throw_failure();
    }
  }
}

Outcome Controller::follow() {
  for (;;) {
    const Decision decision = m_channel.receive();
    switch (decision.kind) {
      case Decision::Kind::check:
        m_parts.queries.query(decision.query, m_x);
        m_parts.emulator.check(m_x);
        break;
      case Decision::Kind::retrain:
        m_parts.emulator.retrain();
        break;
      case Decision::Kind::stop: {
        Outcome outcome;
        outcome.end = decision.end;
        return outcome;
      }
      case Decision::Kind::fail:
        m_parts.emulator.throw_failure();
    }
  }
}

void Controller::check(Outcome& outcome) {
  const double start_s = elapsed_s();
  m_progress = asked(m_progress);
  m_channel.announce({Decision::Kind::check, m_progress.query, End::converged});
  m_parts.queries.query(m_progress.query, m_x);
  const CheckReport report = m_parts.emulator.check(m_x);
  const double end_s = elapsed_s();
  if (m_parts.emulator.has_failed()) {
    return;
  }
  m_progress = after_check(m_progress, report.judgement.verdict);
  outcome.tally = with_check(outcome.tally, report.judgement.verdict);
  outcome.check_s.add(end_s - start_s);
  outcome.last_error.reset();
  if (report.judgement.verdict != Verdict::accepted) {
    outcome.last_error = report.judgement.error;
  }

  CheckRecord record;
  record.query = m_progress.query;
  record.attempt = m_progress.attempts;
  record.seconds = end_s;
  record.judgement = report.judgement;
  record.x = m_x;
  record.surrogate = report.surrogate;
  record.approximation = report.approximation;
  m_log.add(record);
  if (m_log.is_full() || end_s - m_last_flush_s > seconds_between_flushes) {
    flush(outcome.tally);
  }
}

void Controller::retrain(Outcome& outcome) {
  flush(outcome.tally);
  RetrainingRecord record;
  record.query = m_progress.query;
  record.started_s = elapsed_s();
  tell([&](RunObserver& observer) { observer.retraining_started(record.query, record.started_s); });
  m_channel.announce({Decision::Kind::retrain, 0, End::converged});
  m_in_collective = true;
  record.report = m_parts.emulator.retrain();
  m_in_collective = false;
  record.ended_s = elapsed_s();
  if (m_parts.emulator.has_failed()) {
    return;
  }
  m_progress = after_retraining(m_progress);
  outcome.tally = with_retraining(outcome.tally, record.report.samples);
  tell([&](RunObserver& observer) { observer.retrained(record, outcome.tally); });
}

void Controller::flush(const Tally& tally) {
  m_last_flush_s = elapsed_s();
  if (m_log.size() == 0) {
    return;
  }
  const Facts& facts = m_parts.problem.facts();
  const Execution execution = execution_for(m_log.size());
  const auto x = m_log.x();
  const ConstArray points{x.data(), m_log.size(), facts.dimension};
  if (facts.has_bound) {
    m_parts.problem.approximation_error(execution, points, {m_log.bound().data(), m_log.size(), facts.outputs});
  }
  if (facts.free_reference) {
    std::vector<PointStatus> statuses(static_cast<std::size_t>(m_log.size()));
    m_parts.problem.truth({execution, {}}, points, {m_log.truth().data(), m_log.size(), facts.outputs},
                          {statuses.data(), m_log.size()});
  }
  try {
    tell([&](RunObserver& observer) { observer.checked(m_log, tally); });
  } catch (...) {
    m_log.clear();  // what was told once is not told again
    throw;
  }
  m_log.clear();
}

void Controller::tell(const std::function<void(RunObserver&)>& news) const {
  std::exception_ptr first_failure;
  for (RunObserver* observer : m_parts.observers) {
    try {
      news(*observer);
    } catch (...) {
      first_failure = first_failure ? first_failure : std::current_exception();
    }
  }
  if (first_failure) {
    std::rethrow_exception(first_failure);
  }
}

double Controller::elapsed_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
}

PhaseTimes Controller::longest_times() const {
  const PhaseTimes& mine = m_parts.emulator.times();
  std::array<double, 6> times = {mine.predict_s, mine.approximate_s, mine.wait_s,
                                 mine.sample_s,  mine.gather_s,      mine.train_s};
  std::array<double, 6> longest{};
  AILOOP_MPI(MPI_Reduce(times.data(), longest.data(), static_cast<int>(times.size()), MPI_DOUBLE, MPI_MAX,
                        RoleLayout::model_rank, m_parts.comm.get()));
  return {longest[0], longest[1], longest[2], longest[3], longest[4], longest[5]};
}

}  // namespace ailoop
