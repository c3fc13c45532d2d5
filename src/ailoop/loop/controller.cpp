#include <ailoop/loop/controller.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <array>
#include <exception>

namespace ailoop {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Controller::Controller(const ControllerParts& parts, const Limits& limits, std::chrono::steady_clock::time_point start)
    : m_parts(parts),
      m_limits(limits),
      m_program_start(start),
      m_start(start),
      m_channel(parts.comm, parts.roles, parts.messenger),
      m_approximations({parts.comm, parts.roles, parts.problem, parts.queries, parts.messenger}, m_channel,
                       {.batch = limits.batch,
                        .ahead = parts.ahead,
                        .queries = limits.queries,
                        .with_bound = parts.emulator.settings().gate == GateMode::certified}),
      m_log(parts.comm.rank() == RoleLayout::model_rank ? std::max(log_capacity, limits.batch) : 1,
            parts.problem.facts().dimension, parts.problem.facts().outputs),
      m_batch(parts.comm.rank() == RoleLayout::model_rank ? limits.batch : 1, parts.problem.facts().dimension,
              parts.problem.facts().outputs) {}

Outcome Controller::run() {
  try {
    if (m_parts.comm.rank() == RoleLayout::model_rank) {
      lead();
    } else {
      follow();
    }
    m_outcome.longest = longest_times();
    agreed(m_parts.comm, "writing the results", [&] {
      // up to the first that fails: the log, the last of them, is not to say what did not happen
      for (RunObserver* observer : m_parts.observers) {
        observer->ended(m_outcome);
      }
    });
    return m_outcome;
  } catch (const AgreedError&) {
    save_last_checkpoint();
    tell_failure();
    throw;
  } catch (...) {
    tell_failure();
    throw;
  }
}

void Controller::tell_failure() noexcept {
  try {
    const LocalFailure failure = current_failure();
    tell([&](RunObserver& observer) { observer.failed(Error(failure.kind, failure.message), m_outcome.tally); });
  } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts
  }
}

void Controller::lead() {
  try {
    decide_until_the_end();
  } catch (...) {
    if (m_in_collective) {
      // an AgreedError: known to all; anything else: the others are inside a collective operation that cannot be
      // completed, and the caller must abort
      throw;
    }
    const LocalFailure failure = current_failure("loop");
    announce({.kind = Decision::Kind::fail});
    agree_or_throw(m_parts.comm, failure);
    throw;
  }
}

void Controller::decide_until_the_end() {
  const double loop_start_s = elapsed_s();
  for (;;) {
    const Action action = next_action(m_progress, m_outcome.tally, m_limits, interruption());
    switch (action.kind) {
      case Action::Kind::ask:
        ask(action);
        break;
      case Action::Kind::check:
        check_again();
        break;
      case Action::Kind::decide:
        decide();
        break;
      case Action::Kind::retrain:
        retrain();
        break;
      case Action::Kind::answer:
        answer();
        break;
      case Action::Kind::set_aside:
        set_aside();
        break;
      case Action::Kind::stop:
        end(action);
        m_outcome.loop_s = m_outcome.ended_s - loop_start_s;
        return;
    }
    m_has_acted = true;
    if (m_parts.emulator.has_failed()) {
      keep_what_was_answered();
      announce({.kind = Decision::Kind::fail});
      m_in_collective = true;
      m_parts.emulator.throw_failure();
    }
  }
}

void Controller::follow() {
  const Facts& facts = m_parts.problem.facts();
  for (;;) {
    const Decision decision = m_channel.receive();
    switch (decision.kind) {
      case Decision::Kind::approximate:
        m_approximations.compute(decision.range);
        break;
      case Decision::Kind::truth:
        m_parts.emulator.truth({nullptr, 0, facts.dimension}, {nullptr, 0, facts.outputs});
        break;
      case Decision::Kind::retrain:
        m_parts.emulator.go_on_with_sample(decision.range.first);
        m_parts.emulator.retrain();
        break;
      case Decision::Kind::stop:
        m_outcome.end = decision.end;
        return;
      case Decision::Kind::fail:
        m_parts.emulator.fail(m_approximations.failure());
        m_parts.emulator.throw_failure();
    }
  }
}

void Controller::retrain() {
  m_checks_in_a_row = false;
  flush();
  RetrainingRecord record;
  record.query = m_batch.queries().front();
  record.pending = m_progress.pending;
  record.started_s = elapsed_s();
  tell([&](RunObserver& observer) { observer.retraining_started(record.query, record.started_s); });
  Emulator& emulator = m_parts.emulator;
  record.costs = emulator.draw_costs();
  if (emulator.prefers_to_retrain_alone()) {
    record.report = emulator.retrain_alone();
  } else {
    in_collective({.kind = Decision::Kind::retrain, .range = {emulator.next_sample(), {}}},
                  [&] { record.report = emulator.retrain(); });
  }
  record.ended_s = elapsed_s();
  if (emulator.has_failed()) {
    return;
  }
  m_progress = after_retraining(m_progress);
  m_loss = loss_of(record.report);
  Tally& tally = m_outcome.tally;
  ++tally.retrainings;
  tally.diverged += record.report.divergence ? 1 : 0;
  tally.truth_calls += record.report.drawn;
  tally.samples += record.report.training.samples;
  tally.failed_samples += record.report.failed;
  tell([&](RunObserver& observer) { observer.retrained(record, tally); });
  const std::int64_t every = m_parts.checkpointing.every;
  if (every > 0 && tally.retrainings % every == 0) {
    tell([&](RunObserver& observer) { observer.checkpointed(tally, elapsed_s()); });
    save_checkpoint();
  }
}

Interruption Controller::interruption() const {
  if (m_parts.checkpointing.is_wanted_to_stop()) {
    return Interruption::signal;
  }
  // however short the time is, each start of the program does something
  const bool is_late =
      m_has_acted && m_limits.wall_seconds > 0.0 && seconds_since(m_program_start) >= m_limits.wall_seconds;
  return is_late ? Interruption::wall_seconds : Interruption::none;
}

void Controller::announce(const Decision& decision) {
  m_approximations.finish();
  m_channel.announce(decision);
}

void Controller::in_collective(const Decision& decision, const std::function<void()>& work) {
  m_checks_in_a_row = false;
  announce(decision);
  m_in_collective = true;
  try {
    work();
  } catch (const AgreedError&) {
    keep_what_was_answered();
    throw;
  }
  m_in_collective = false;
}

void Controller::end(const Action& action) {
  flush();
  m_outcome.end = action.end;
  m_outcome.limit = action.limit;
  m_outcome.unanswered = m_skipped;
  if (action.end == End::gave_up) {
    m_outcome.unanswered.insert(m_outcome.unanswered.end(), m_batch.queries().begin(), m_batch.queries().end());
    std::ranges::sort(m_outcome.unanswered);
  }
  m_outcome.ended_s = elapsed_s();
  save_checkpoint();  // with other limits, or more answers wanted, the run can go on
  m_is_over = true;
  announce({.kind = Decision::Kind::stop, .end = action.end});
}

void Controller::keep_what_was_answered() {
  try {
    flush();
  } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts
  }
}

void Controller::flush() {
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
    compute_truth(m_parts.problem, {execution, {}}, Precision::float64, OnFailure::skip, points,
                  {m_log.truth().data(), m_log.size(), facts.outputs}, statuses);
  }
  try {
    tell([&](RunObserver& observer) { observer.checked(m_log, m_outcome.tally); });
  } catch (...) {
    m_log.clear();  // what was told once is not told again
    throw;
  }
  m_log.clear();
}

void Controller::tell(const std::function<void(RunObserver&)>& news) {
  std::exception_ptr first_failure;
  for (RunObserver* observer : m_parts.observers) {
    try {
      news(*observer);
    } catch (...) {
      first_failure = first_failure ? first_failure : std::current_exception();
    }
  }
  if (first_failure) {
    m_files_are_whole = false;
    std::rethrow_exception(first_failure);
  }
}

double Controller::other_s() const {
  return m_approximations.wait_s() + (m_parts.comm.size() == 1 ? m_approximations.approximate_s() : 0.0);
}

double Controller::elapsed_s() const { return seconds_since(m_start); }

PhaseTimes Controller::longest_times() const {
  const PhaseTimes& mine = m_parts.emulator.times();
  std::array<double, 7> times = {m_predict_s,
                                 m_approximations.approximate_s(),
                                 m_approximations.wait_s(),
                                 mine.decide_s,
                                 mine.sample_s,
                                 mine.gather_s,
                                 mine.train_s};
  std::array<double, 7> longest{};
  AILOOP_MPI(MPI_Reduce(times.data(), longest.data(), static_cast<int>(times.size()), MPI_DOUBLE, MPI_MAX,
                        RoleLayout::model_rank, m_parts.comm.get()));
  return {longest[0], longest[1], longest[2], longest[3], longest[4], longest[5], longest[6]};
}

}  // namespace ailoop
