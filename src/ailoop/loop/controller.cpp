// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/controller.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/emulator/everywhere_layout.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace ailoop {

namespace {

std::unique_ptr<Layout> layout_of(const ControllerParts& parts, const Limits& limits) {
  const Gate& gate = parts.emulator.gate();
  if (parts.everywhere) {
    return std::make_unique<EverywhereLayout>(parts.comm, parts.problem, gate, parts.emulator.executions());
  }
  return std::make_unique<RolesLayout>(
      ApproximationParts{parts.comm, parts.roles, parts.problem, parts.queries, parts.messenger},
      StreamLimits{
          .batch = limits.batch, .ahead = parts.ahead, .queries = limits.queries, .with_bound = gate.needs().bound});
}

}  // namespace

Controller::Controller(const ControllerParts& parts, const Limits& limits, std::chrono::steady_clock::time_point start)
    : m_parts(parts),
      m_program_start(start),
      m_is_model_rank(parts.comm.rank() == RoleLayout::model_rank),
      m_layout(layout_of(parts, limits)),
      m_loop({.emulator = parts.emulator,
              .layout = *m_layout,
              .queries = parts.queries,
              .observers = parts.observers,
              .kept = parts.kept,
              .store = parts.store,
              .interruption = [this] { return m_is_model_rank ? interruption() : Interruption::none; }},
             limits, start) {}

Outcome Controller::run() {
  Outcome& outcome = m_loop.outcome();
  try {
    if (m_layout->asks()) {
      lead();
    } else {
      outcome.end = m_layout->follow(m_parts.emulator);
    }
    outcome.longest = longest_times();
    m_parts.emulator.share_state();
    agreed(m_parts.comm, "writing the results", [&] {
      // up to the first that fails: the log, the last of them, is not to say what did not happen
      for (RunObserver* observer : m_parts.observers) {
        observer->ended(outcome);
      }
    });
    return outcome;
  } catch (const AgreedError&) {
    save_last_checkpoint();
    tell_failure();
    throw;
  } catch (...) {
    tell_failure();
    throw;
  }
}

void Controller::lead() {
  if (!m_layout->asks_alone()) {
    m_parts.emulator.update_copies();
  }
  m_loop.begin();
  const double start_s = m_loop.elapsed_s();
  for (;;) {
    const Action action = m_loop.next();
    if (action.kind == Action::Kind::stop) {
      end(action);
      m_loop.outcome().loop_s = m_loop.outcome().ended_s - start_s;
      return;
    }
    if (action.is_cut_short && !m_has_been_cut) {
      m_has_been_cut = true;
      on_model_rank([&] { m_before_cut = m_loop.saved(); });
    }
    m_loop.act(action);
    m_has_acted = true;
    const Tally& tally = m_loop.outcome().tally;
    const std::int64_t every = m_parts.checkpointing.every;
    if (action.kind == Action::Kind::retrain && every > 0 && tally.retrainings % every == 0) {
      on_model_rank([&] {
        m_loop.tell([&](RunObserver& observer) { observer.checkpointed(tally, m_loop.elapsed_s()); });
        save_checkpoint();
      });
    }
  }
}

void Controller::on_model_rank(const std::function<void()>& work) {
  m_loop.collect();
  m_loop.agree_on_failure();
  static_cast<void>(m_layout->shared(true, m_is_model_rank ? failure_of({}, work) : std::nullopt));
}

Interruption Controller::interruption() const {
  if (m_parts.checkpointing.is_wanted_to_stop()) {
    return Interruption::signal;
  }
  // however short the time is, each start of the program does something
  const double wall_seconds = m_loop.limits().wall_seconds;
  const bool is_late =
      m_has_acted && wall_seconds > 0.0 &&
      std::chrono::steady_clock::now() - m_program_start >= std::chrono::duration<double>(wall_seconds);
  return is_late ? Interruption::wall_seconds : Interruption::none;
}

void Controller::end(const Action& action) {
  Outcome& outcome = m_loop.outcome();
  outcome.end = action.end;
  outcome.limit = action.limit;
  on_model_rank([&] {
    m_loop.sum_up(action.end == End::gave_up);
    save_checkpoint();  // with other limits, or more answers wanted, the run can go on
  });
  m_is_over = true;
  m_loop.end_answers();
  m_layout->end(action.end);
}

void Controller::tell_failure() noexcept {
  try {
    const LocalFailure failure = current_failure();
    m_loop.tell(
        [&](RunObserver& observer) { observer.failed(Error(failure.kind, failure.message), m_loop.outcome().tally); });
  } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts
  }
}

PhaseTimes Controller::longest_times() const {
  constexpr int n = sizeof(PhaseTimes) / sizeof(double);  // nothing but doubles
  const PhaseTimes mine = m_loop.times();
  PhaseTimes longest;
  AILOOP_MPI(MPI_Reduce(&mine, &longest, n, MPI_DOUBLE, MPI_MAX, RoleLayout::model_rank, m_parts.comm.get()));
  return longest;
}

void Controller::resume(const SavedState* saved, std::vector<SettingChange> changes) {
  const SafetensorsFile* file = nullptr;
  agreed(m_parts.comm, "resuming", [&] {
    if (!m_is_model_rank) {
      return;
    }
    AILOOP_REQUIRE(saved != nullptr, "Controller: the model rank has the saved state");
    const bool asks_in_full =
        saved->before_cut.has_value() && m_loop.limits().accepted > Loop::answers_wanted(saved->now);
    if (!asks_in_full) {
      m_before_cut = saved->before_cut;
    }
    file = asks_in_full ? &*saved->before_cut : &saved->now;
  });
  agreed(m_parts.comm, "resuming", [&] {
    if (m_layout->asks()) {
      m_loop.go_on_from(file);
    }
  });
  m_has_been_cut = m_layout->asks() && m_layout->shared(m_before_cut.has_value(), std::nullopt);
  const std::int64_t query = m_layout->asks() ? m_loop.first_open_query() : 0;
  agreed(m_parts.comm, "resuming", [&] {
    for (SettingChange& change : changes) {
      change.query = query;
      m_loop.tell([&](RunObserver& observer) { observer.changed(change, m_loop.elapsed_s()); });
    }
  });
  m_parts.emulator.share_state();
}

void Controller::save_checkpoint() { m_parts.checkpointing.save({m_loop.saved(), m_before_cut}); }

void Controller::save_last_checkpoint() noexcept {
  if (!m_layout->asks() || m_is_over) {
    return;
  }
  try {
    m_loop.collect();
    if (m_is_model_rank && m_loop.files_are_whole()) {
      save_checkpoint();
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts, and earlier checkpoints are as they were
  }
}

}  // namespace ailoop
