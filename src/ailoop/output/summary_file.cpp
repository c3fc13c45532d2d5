// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/summary_file.hpp>

#include <ailoop/core/binomial_interval.hpp>
#include <ailoop/storage/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// How far off accepted answers are, as far as an audit has looked.
Json audit_of(const Outcome& outcome) {
  if (outcome.audit == 0) {
    return nullptr;
  }
  const AuditedErrors& errors = outcome.audited_errors;
  const ProbabilityInterval share = binomial_interval(outcome.tally.beyond, outcome.tally.audited);
  return {{"every", outcome.audit},
          {"audited", outcome.tally.audited},
          {"beyond", outcome.tally.beyond},
          {"share_beyond_95", {share.lower, share.upper}},
          {"error_median", errors.sizes.quantile(0.5)},
          {"error_p90", errors.sizes.quantile(0.9)},
          {"error_p99", errors.sizes.quantile(0.99)},
          {"worst_query", errors.worst_query < 0 ? Json(nullptr) : Json(errors.worst_query)},
          {"worst_error", errors.worst_error},
          {"worst_allowed", errors.worst_allowed}};
}

Json times_of(const Outcome& outcome, double startup_s) {
  const PhaseTimes& longest = outcome.longest;
  const std::optional<Payoff> payoff = payoff_of(outcome);
  return {{"startup_s", startup_s},
          {"loop_s", outcome.loop_s},
          {"check_median_s", outcome.check_s.quantile(0.5)},
          {"check_p99_s", outcome.check_s.quantile(0.99)},
          {"predict_s", longest.predict_s},
          {"approximate_s", longest.approximate_s},
          {"wait_s", longest.wait_s},
          {"decide_s", longest.decide_s},
          {"sample_s", longest.sample_s},
          {"gather_s", longest.gather_s},
          {"train_s", longest.train_s},
          {"audit_s", longest.audit_s},
          {"truth_call_s", payoff ? Json(payoff->truth_call_s) : Json(nullptr)},
          {"truth_at_every_query_s", payoff ? Json(payoff->at_every_query_s) : Json(nullptr)},
          {"speed_up", payoff ? Json(payoff->speed_up) : Json(nullptr)}};
}

}  // namespace

SummaryFile::SummaryFile(std::filesystem::path path, RunStart start, std::function<std::string()> save_model)
    : m_path(std::move(path)), m_start(std::move(start)), m_save_model(std::move(save_model)) {}

void SummaryFile::checked(const QueryTable& table, const Tally& /*tally*/) {
  table.each_record([&](const CheckRecord& record) {
    // an answer by the truth says nothing of the surrogate, nor does a truth that failed
    if (record.answered_by != AnsweredBy::surrogate || record.truth.empty() || std::isnan(record.truth[0])) {
      return;
    }
    ++m_errors_known;
    for (std::size_t j = 0; j < record.truth.size(); ++j) {
      m_worst_error = std::max(m_worst_error.value_or(0.0), std::abs(record.surrogate[j] - record.truth[j]));
    }
  });
}

void SummaryFile::ended(const Outcome& outcome) { write(outcome.tally, &outcome, nullptr); }

void SummaryFile::failed(const Error& error, const Tally& tally) { write(tally, nullptr, &error); }

void SummaryFile::write(const Tally& tally, const Outcome* outcome, const Error* error) const {
  Json summary;
  summary["schema"] = 1;
  if (outcome != nullptr) {
    summary["end"] = to_string(outcome->end);
    summary["limit"] = outcome->limit == LimitReached::none ? Json(nullptr) : Json(to_string(outcome->limit));
    summary["unanswered"] = outcome->unanswered;
  } else {
    summary["end"] = "failed";
    summary["error"] = error->what();
  }
  for (const auto& [name, count] : counts_of_tally) {
    summary["counts"][std::string(name)] = tally.*count;
  }
  summary["errors_known"] = m_errors_known;
  summary["worst_error"] = or_null(m_worst_error);
  if (outcome != nullptr) {
    summary["audit"] = audit_of(*outcome);
    summary["times"] = times_of(*outcome, m_start.seconds);
  }
  summary["ranks"] = m_start.ranks;
  summary["threads"] = m_start.threads;
  summary["config_sha256"] = m_start.config_sha256;
  summary["initial_model_sha256"] = or_null(m_start.initial_model_sha256);
  try {
    summary["model_sha256"] = m_save_model();
  } catch (const Error&) {
    if (outcome != nullptr) {
      throw;
    }
    summary["model_sha256"] = nullptr;  // the first error counts
  }
  for (const auto& [key, value] : provenance()) {
    summary["provenance"][key] = value;
  }
  write_file_atomically(m_path, summary.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void SummaryFile::state(StateArchive& archive) {
  archive.number("summary.errors_known", m_errors_known);
  std::vector<double> worst;
  if (m_worst_error) {
    worst.push_back(*m_worst_error);
  }
  archive.list("summary.worst_error", &worst);
  m_worst_error = worst.empty() ? std::nullopt : std::optional(worst.front());
}

}  // namespace ailoop
