// What a checkpoint holds of a run, and how a run goes on from one.
#include <ailoop/core/error.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/storage/safetensors_archive.hpp>

#include <ranges>

namespace ailoop {

namespace {

constexpr const char* answers_wanted = "answers_wanted";

}  // namespace

void Controller::resume(const SavedState* saved, std::vector<SettingChange> changes) {
  agreed(m_parts.comm, "resuming", [&] {
    if (m_parts.comm.rank() == RoleLayout::model_rank) {
      AILOOP_REQUIRE(saved != nullptr, "Controller: the model rank has the saved state");
      try {
        load(*saved);
      } catch (const InputOutputError& error) {
        throw ConfigurationError(std::string("the run cannot go on from its checkpoint: ") + error.what());
      }
      if (m_parts.emulator.settings().gate == GateMode::certified) {
        m_parts.problem.approximation_error(execution_for(m_batch.size()), m_batch.x(), m_batch.bound());
      }
      for (SettingChange& change : changes) {
        change.query = m_progress.pending > 0 ? m_batch.queries().front() : m_progress.next_query;
        tell([&](RunObserver& observer) { observer.changed(change, elapsed_s()); });
      }
    }
  });
  m_parts.emulator.share_state();
}

void Controller::load(const SavedState& saved) {
  const std::int64_t wanted = saved.now.values<std::int64_t>(answers_wanted, {}).front();
  const bool asks_in_full = saved.before_cut.has_value() && m_limits.accepted > wanted;
  SafetensorsReader reader(asks_in_full ? *saved.before_cut : saved.now);
  state(reader);
  if (!asks_in_full) {
    m_before_cut = saved.before_cut;
  }
  m_outcome.before = m_outcome.tally;
  // the log, whose last line may say that the run is over, before what it tells of
  for (RunObserver* observer : m_parts.observers | std::views::reverse) {
    observer->resumed();
  }
}

SafetensorsFile Controller::state_now() {
  flush();
  SafetensorsFile file;
  SafetensorsWriter writer(file);
  state(writer);
  return file;
}

void Controller::save_checkpoint() { m_parts.checkpointing.save({state_now(), m_before_cut}); }

void Controller::save_last_checkpoint() noexcept {
  if (m_parts.comm.rank() != RoleLayout::model_rank || m_is_over || !m_files_are_whole) {
    return;
  }
  try {
    if (m_progress.attempts == 0 && m_progress.pending > 0) {
      m_progress = before_asking(m_progress);
      m_batch.clear();
    }
    save_checkpoint();
  } catch (...) {  // NOLINT(bugprone-empty-catch): the first error counts, and earlier checkpoints are as they were
  }
}

void Controller::state(StateArchive& archive) {
  std::int64_t wanted = m_limits.accepted;
  archive.number(answers_wanted, wanted);
  archive.number("progress.next_query", m_progress.next_query);
  archive.number("progress.pending", m_progress.pending);
  archive.number("progress.undecided", m_progress.undecided);
  archive.number("progress.attempts", m_progress.attempts);
  archive.number("progress.retrainings", m_progress.retrainings);
  std::int64_t judged = m_progress.judged ? 1 : 0;
  archive.number("progress.judged", judged);
  m_progress.judged = judged != 0;
  std::int64_t vain = m_progress.vain ? 1 : 0;
  archive.number("progress.vain", vain);
  m_progress.vain = vain != 0;
  m_stagnation.state(archive);
  archive.number("loss", m_loss);
  show(archive, "tally", m_outcome.tally);
  archive.list("skipped", &m_skipped);
  m_batch.state(archive, m_parts.queries);
  if (m_progress.pending != m_batch.size()) {
    throw InputOutputError("the saved state counts other pending queries than it holds");
  }
  // the time of events goes on from that of the checkpoint
  const double now_s = elapsed_s();
  double saved_s = now_s;
  archive.number("elapsed_s", saved_s);
  archive.number("checked_s", m_checked_s);
  m_start -=
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(saved_s - now_s));
  m_parts.emulator.state(archive);
  std::vector<double> last_error;
  if (m_outcome.last_error) {
    last_error.push_back(*m_outcome.last_error);
  }
  archive.list("last_error", &last_error);
  m_outcome.last_error = last_error.empty() ? std::nullopt : std::optional(last_error.front());
  for (RunObserver* observer : m_parts.observers) {
    observer->state(archive);
  }
}

}  // namespace ailoop
