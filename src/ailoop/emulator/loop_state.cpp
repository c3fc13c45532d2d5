// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a checkpoint holds of a loop, and how it goes on from there.
#include <ailoop/core/error.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/storage/safetensors_archive.hpp>

#include <ranges>
#include <string>

namespace ailoop {

namespace {

constexpr const char* wanted_key = "answers_wanted";

}  // namespace

std::int64_t Loop::answers_wanted(const SafetensorsFile& saved) {
  return saved.values<std::int64_t>(wanted_key, {}).front();
}

SafetensorsFile Loop::saved() {
  SafetensorsFile file;
  SafetensorsWriter writer(file);
  state(writer);
  return file;
}

void Loop::go_on_from(const SafetensorsFile* of_model_rank) {
  const SafetensorsFile file = m_parts.layout.shared_state(of_model_rank);
  SafetensorsReader reader(file);
  try {
    state(reader);
  } catch (const InputOutputError& error) {
    throw ConfigurationError(std::string("the run cannot go on from its checkpoint: ") + error.what());
  }
  restore();
  // the log, whose last line may say that the run is over, before what it tells of
  for (RunObserver* observer : m_parts.observers | std::views::reverse) {
    observer->resumed();
  }
}

void Loop::state(StateArchive& archive) {
  std::int64_t wanted = m_limits.accepted;
  archive.number(wanted_key, wanted);
  archive.number("asked_earlier", m_asked_earlier);
  archive.number("progress.next_query", m_progress.next_query);
  archive.number("progress.pending", m_progress.pending);
  archive.number("progress.accepted", m_progress.accepted);
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
  archive.number("truths_at_stagnation", m_truths_at_stagnation);
  Tally tally = total();
  show(archive, "tally", tally);
  m_outcome.tally = tally;
  m_earlier = {};
  archive.list("skipped", &m_all_skipped);
  archive.list("audited_errors", &m_all_audited);
  if (m_parts.store != nullptr) {
    m_answers_written = m_parts.store->written();
    archive.number("answers.written", m_answers_written);
    archive.list("answers.behind", &m_all_answers);
  }
  QueryTable& table = pending_of_all();
  table.state(archive);
  if (m_progress.pending != table.n_pending()) {
    throw InputOutputError("the saved state counts other pending queries than it holds");
  }
  // the time of events goes on from that of the checkpoint
  const double now_s = elapsed_s();
  double saved_s = now_s;
  archive.number("elapsed_s", saved_s);
  archive.number("checked_s", m_checked_s);
  m_start -= std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(saved_s - now_s));
  if (m_parts.emulator.is_model_rank()) {
    m_parts.emulator.state(archive);
  }
  for (RunObserver* observer : m_parts.observers) {
    observer->state(archive);
  }
}

void Loop::restore() {
  m_outcome.before = m_outcome.tally;
  if (m_parts.emulator.is_model_rank()) {
    m_skipped = m_all_skipped;
    m_checker.audit().errors() = audited_errors();
  }
  m_table.keep_pending(m_parts.layout.part(m_table.n_pending()));
  if (m_parts.store != nullptr) {
    m_parts.store->replace(m_answers_written, m_parts.emulator.is_model_rank() ? m_all_answers : std::vector<double>());
    if (const auto pending = m_table.queries(m_table.pending()); !pending.empty()) {
      m_checker.answer_into(m_parts.store->room({pending.front(), pending.back() + 1}));
      for (std::int64_t row = m_table.pending().first; row < m_table.pending().last; ++row) {
        put_settled(row);
      }
    }
  }
}

}  // namespace ailoop
