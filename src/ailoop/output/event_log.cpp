// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/event_log.hpp>

#include <ailoop/core/index_range.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace ailoop {

namespace {

using Json = nlohmann::json;

constexpr std::streamoff longest_event = 1 << 16;  // of the two that are read

/// The event on a line; an empty object where it is none.
Json event_of(const std::string& line) {
  Json event = Json::parse(line, nullptr, false);
  return event.is_object() ? event : Json::object();
}

std::string last_line(std::ifstream& file) {
  file.clear();
  file.seekg(0, std::ios::end);
  const std::streamoff length = std::min<std::streamoff>(file.tellg(), longest_event);
  file.seekg(-length, std::ios::end);
  std::string end(as_size(length), '\0');
  file.read(end.data(), length);
  if (!end.ends_with('\n')) {
    return {};  // whoever wrote it was killed
  }
  end.pop_back();
  return end.substr(end.rfind('\n') + 1);
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& path, const std::optional<RunStart>& start, RecordedChecks checks)
    : m_checks(checks), m_log(path, start ? FileStart::empty : FileStart::keep) {
  if (!start) {
    return;
  }
  m_log.append(begin("started", start->seconds)
                   .add("ranks", start->ranks)
                   .add("threads", start->threads)
                   .add("config_sha256", start->config_sha256)
                   .end());
  m_log.flush();
}

JsonObject& EventLog::begin(std::string_view name, double seconds) {
  m_last_s = seconds;
  return m_line.begin().add("schema", schema).add("t_s", seconds).add("event", name);
}

void EventLog::checked(const QueryTable& table, const Tally& /*tally*/) {
  table.each_record([&](const CheckRecord& record) {
    const bool is_accepted = record.judgement.verdict == Verdict::accepted;
    if (m_checks == RecordedChecks::none || (is_accepted && m_checks == RecordedChecks::not_accepted)) {
      return;
    }
    JsonObject& line = begin(record.exhausted ? "exhausted" : "checked", record.seconds);
    line.add("query", record.query).add("attempt", record.attempt);
    line.add("x", record.x).add("surrogate", record.surrogate).add("approximation", record.approximation);
    if (!record.bound.empty()) {
      line.add("bound", record.bound);
    }
    if (!record.truth.empty()) {
      line.add("truth", record.truth);
    }
    line.add("error", record.judgement.error).add("tolerance", record.judgement.allowed);
    line.add("verdict", to_string(record.judgement.verdict));
    if (record.answered_by != AnsweredBy::nobody) {
      line.add("answered_by", to_string(record.answered_by));
    }
    m_log.append(line.end());
  });
  m_log.flush();
}

void EventLog::retraining_started(std::int64_t query, double seconds) {
  m_log.flush();
  m_log.append(begin("retraining_started", seconds).add("query", query).end());
  m_unfinished = static_cast<std::int64_t>(m_log.n_buffered());
  m_log.flush();
}

void EventLog::retrained(const RetrainingRecord& retraining, const Tally& tally) {
  const RetrainingReport& report = retraining.report;
  m_unfinished = 0;
  JsonObject& line = begin("retrained", retraining.ended_s);
  line.add("query", retraining.query).add("pending", retraining.pending).add("retrainings", tally.retrainings);
  line.add("first_sample", report.first_sample).add("drawn", report.drawn).add("failed", report.failed);
  line.add("inconclusive", report.inconclusive).add("samples", report.training.samples);
  line.add("steps", report.training.steps);
  line.add("first_loss", report.training.first_loss).add("last_loss", report.training.last_loss);
  if (report.training.condition) {
    line.add("condition", *report.training.condition);
  }
  if (!report.training.warning.empty()) {
    line.add("warning", report.training.warning);
  }
  if (report.divergence) {
    line.add("divergence", *report.divergence);
  }
  line.add("sample_s", report.sampling.sample_s).add("gather_s", report.sampling.gather_s);
  line.add("train_s", report.train_s);
  m_log.append(line.end());
  m_log.flush();
}

void EventLog::checkpointed(const Tally& tally, double seconds) {
  m_log.append(begin("checkpoint", seconds).add("retrainings", tally.retrainings).end());
}

void EventLog::state(StateArchive& archive) {
  archive.number("events.last_s", m_last_s);
  m_length = m_log.synchronise() - m_unfinished;
  archive.number("events.bytes", m_length);
  m_log.require_length(m_length);
}

void EventLog::ended(const Outcome& outcome) {
  JsonObject& line = begin("ended", outcome.ended_s);
  line.add("end", to_string(outcome.end));
  if (outcome.limit != LimitReached::none) {
    line.add("limit", to_string(outcome.limit));
  }
  line.add("unanswered", std::ssize(outcome.unanswered));
  for (const auto& [name, count] : counts_of_tally) {
    line.add(name, outcome.tally.*count);
  }
  m_log.append(line.end());
  m_log.flush();  // not closed: a failure while other files are completed would still be told
}

void EventLog::changed(const SettingChange& change, double seconds) {
  m_log.append(begin("changed", seconds)
                   .add("setting", change.setting)
                   .add("was", change.was)
                   .add("is", change.is)
                   .add("query", change.query)
                   .end());
}

void EventLog::failed(const Error& error, const Tally& /*tally*/) {
  m_log.append(begin("failed", m_last_s).add("error", std::string_view(error.what())).end());
  m_log.close();
}

std::optional<LoggedRun> read_logged_run(const std::filesystem::path& events) {
  std::ifstream file(events, std::ios::binary);
  std::string line;
  if (!std::getline(file, line)) {
    return std::nullopt;
  }
  const Json first = event_of(line);
  if (first.value("event", "") != "started") {
    return std::nullopt;
  }
  LoggedRun run;
  run.config_sha256 = first.value("config_sha256", "");
  const Json last = event_of(last_line(file));
  if (last.value("event", "") == "ended" && last.value("end", "") == "converged") {
    run.has_converged = true;
    run.answers = last.value("by_surrogate", std::int64_t{0}) + last.value("by_truth", std::int64_t{0});
  }
  return run;
}

}  // namespace ailoop
