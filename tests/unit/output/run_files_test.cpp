// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/answers_file.hpp>
#include <ailoop/output/event_log.hpp>
#include <ailoop/output/summary_file.hpp>
#include <ailoop/test/check_records.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using nlohmann::json;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Two inputs, two outputs, no bound: the shape that the sine does not have.
Facts wide_facts() {
  Facts facts;
  facts.dimension = 2;
  facts.outputs = 2;
  return facts;
}

void add(QueryTable& table, std::int64_t query, Verdict verdict, double error, const std::vector<double>& truth = {}) {
  const std::vector<double> x = {0.5, -1.0};
  const std::vector<double> s = {1.0, 2.0};
  const std::vector<double> a = {1.25, 2.0};
  CheckRecord record;
  record.query = query;
  record.attempt = 3;
  record.seconds = 0.125;
  record.judgement = {verdict, error};
  record.answered_by = verdict == Verdict::accepted ? AnsweredBy::surrogate : AnsweredBy::nobody;
  record.x = x;
  record.surrogate = s;
  record.approximation = a;
  record.truth = truth;
  test::add(table, record);
}

std::vector<json> lines_of(const std::filesystem::path& path) {
  std::istringstream text(test::read_bytes(path));
  std::vector<json> lines;
  for (std::string line; std::getline(text, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

class RunFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(const char* name) const { return m_folder.path() / name; }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(RunFiles, AnswersHoldAcceptedQueriesWithAColumnForEachComponent) {
  QueryTable table(2, 2, false, 4, 4);
  add(table, 0, Verdict::rejected, 1.0);
  add(table, 0, Verdict::accepted, 0.25);
  AnswersFile answers(file("answers.csv"), wide_facts());
  answers.checked(table, {});
  EXPECT_EQ(test::read_bytes(file("answers.csv")),
            "query,x_0,x_1,answer_0,answer_1,approximation_0,approximation_1,bound_0,bound_1,truth_0,truth_1,verdict,"
            "attempts,answered_by\n"
            "0,0.5,-1,1,2,1.25,2,,,,,accepted,3,surrogate\n");
}

TEST_F(RunFiles, AnswersHaveTheirHeaderBeforeTheFirstAnswer) {
  const AnswersFile answers(file("answers.csv"), Facts{});
  EXPECT_EQ(test::read_bytes(file("answers.csv")),
            "query,x,answer,approximation,bound,truth,verdict,attempts,answered_by\n");
}

TEST_F(RunFiles, EventsTellTheRunInOrder) {
  EventLog events(file("run.jsonl"), RunStart{0.01, 4, 2, "abc"});
  QueryTable table(2, 2, false, 4, 4);
  add(table, 7, Verdict::rejected, nan);
  events.checked(table, {});
  events.retraining_started(7, 0.25);
  RetrainingRecord record;
  record.query = 7;
  record.ended_s = 0.5;
  record.report.drawn = 100;
  record.report.training.steps = 4;
  events.retrained(record, {.retrainings = 1});
  Outcome outcome;
  outcome.end = End::gave_up;
  outcome.limit = LimitReached::checks;
  outcome.unanswered = {7};
  outcome.ended_s = 0.75;
  outcome.tally = {.checks = 1, .rejected = 1, .retrainings = 1};
  events.ended(outcome);

  const std::vector<json> lines = lines_of(file("run.jsonl"));
  ASSERT_EQ(lines.size(), 5U);
  double previous = 0.0;
  for (const json& line : lines) {
    EXPECT_EQ(line.at("schema"), 1);
    EXPECT_GE(line.at("t_s").get<double>(), previous);
    previous = line.at("t_s");
  }
  EXPECT_EQ(lines[0].at("event"), "started");
  EXPECT_EQ(lines[0].at("ranks"), 4);
  EXPECT_EQ(lines[1].at("event"), "checked");
  EXPECT_EQ(lines[1].at("x"), json({0.5, -1.0}));
  EXPECT_EQ(lines[1].at("verdict"), "rejected");
  EXPECT_TRUE(lines[1].at("error").is_null()) << "JSON has no NaN";
  EXPECT_EQ(lines[2].at("event"), "retraining_started");
  EXPECT_EQ(lines[3].at("event"), "retrained");
  EXPECT_EQ(lines[3].at("steps"), 4);
  EXPECT_EQ(lines[4].at("event"), "ended");
  EXPECT_EQ(lines[4].at("limit"), "limits.checks");
  EXPECT_EQ(lines[4].at("unanswered"), 1);
}

TEST_F(RunFiles, EventsOfAFailedRunEndWithItsError) {
  EventLog events(file("run.jsonl"), RunStart{});
  events.failed(NumericalError("training diverged"), {});
  EXPECT_EQ(lines_of(file("run.jsonl")).back().at("error"), "training diverged");
}

TEST_F(RunFiles, EventsTellAFailureAfterTheEnd) {
  EventLog events(file("run.jsonl"), RunStart{});
  events.ended({});
  events.failed(InputOutputError("summary.json: no space left"), {});
  EXPECT_EQ(lines_of(file("run.jsonl")).back().at("event"), "failed");
}

TEST_F(RunFiles, SummaryHasTheWorstErrorOfTheSurrogatesAnswers) {
  SummaryFile summary(file("summary.json"), {.ranks = 4, .threads = 2}, [] { return std::string("hash"); });
  QueryTable table(2, 2, false, 8, 8);
  add(table, 0, Verdict::rejected, 9.0, {100.0, 1.0});
  add(table, 0, Verdict::accepted, 0.0, {1.0, 2.0});
  add(table, 1, Verdict::accepted, 0.0, {1.0, 2.5});
  add(table, 2, Verdict::accepted, 0.0, {nan, nan});  // it failed, which hides nothing
  summary.checked(table, {});
  Outcome outcome;
  outcome.tally = {.checks = 3, .accepted = 2, .rejected = 1};
  outcome.check_s.add(1e-5);
  summary.ended(outcome);
  const json text = json::parse(test::read_bytes(file("summary.json")));
  EXPECT_EQ(text.at("end"), "converged");
  EXPECT_TRUE(text.at("limit").is_null());
  EXPECT_EQ(text.at("worst_error"), 0.5);
  EXPECT_EQ(text.at("errors_known"), 2);
  EXPECT_EQ(text.at("counts").at("accepted"), 2);
  EXPECT_EQ(text.at("ranks"), 4);
  EXPECT_EQ(text.at("model_sha256"), "hash");
  EXPECT_NEAR(text.at("times").at("check_median_s").get<double>(), 1e-5, 1e-7);
}

TEST_F(RunFiles, SummaryOfAFailedRunNamesTheErrorAndSavesTheModelAsItIs) {
  bool saved = false;
  SummaryFile summary(file("summary.json"), {}, [&] {
    saved = true;
    return std::string("hash");
  });
  summary.failed(NumericalError("rank 3: not finite"), {.checks = 7});
  const json text = json::parse(test::read_bytes(file("summary.json")));
  EXPECT_EQ(text.at("end"), "failed");
  EXPECT_EQ(text.at("error"), "rank 3: not finite");
  EXPECT_EQ(text.at("counts").at("checks"), 7) << "as they were when it failed";
  EXPECT_TRUE(saved);
  EXPECT_EQ(text.at("model_sha256"), "hash");
}

}  // namespace
}  // namespace ailoop
