// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/recording.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/output/answer_parts.hpp>

#include <fmt/format.h>

#include <system_error>

namespace ailoop {

namespace {

const Choices<RecordedChecks>& recorded_checks() {
  static const auto all =
      choices<RecordedChecks>({{RecordedChecks::automatic, "auto",
                                "all while run.jsonl and answers.csv take less than 1 GB, else not_accepted"},
                               {RecordedChecks::all, "all", "every check of every query"},
                               {RecordedChecks::not_accepted, "not_accepted", "those that were not accepted"},
                               {RecordedChecks::none, "none", "no check"}});
  return all;
}

const Choices<AnswersFormat>& answers_formats() {
  static const auto all = choices<AnswersFormat>(
      {{AnswersFormat::automatic, "auto", "csv while run.jsonl and answers.csv take less than 1 GB, else safetensors"},
       {AnswersFormat::csv, "csv", "a row of answers.csv for each"},
       {AnswersFormat::safetensors, "safetensors", "columns in answers/NNNNNN.safetensors, 2^20 queries each"},
       {AnswersFormat::none, "none", "nothing but what the summary says of them"}});
  return all;
}

/// Bytes of text that run.jsonl and answers.csv take for answers that are accepted at once, about.
double text_bytes(const Facts& facts, std::int64_t answers) {
  constexpr double number = 20.0;  // of a number in its shortest form, with what separates it from the next
  constexpr double names = 210.0;  // of a line's keys, times and verdicts, in both files
  const auto columns = static_cast<double>(facts.dimension + 4 * facts.outputs);
  return static_cast<double>(answers) * (names + 2.0 * number * columns);
}

}  // namespace

std::string to_string(RecordedChecks checks) { return recorded_checks().name_of(checks); }

std::string to_string(AnswersFormat format) { return answers_formats().name_of(format); }

void describe(Visitor& v, Recording& recording) {
  v.field("checks", recording.checks, recorded_checks(), Affects::execution, "which checks run.jsonl holds");
  v.field("answers", recording.answers, answers_formats(), Affects::execution, "in which form answers are written");
}

KeptChecks Recording::kept() const {
  if (answers == AnswersFormat::csv || checks == RecordedChecks::all) {
    return KeptChecks::all;
  }
  return checks == RecordedChecks::not_accepted ? KeptChecks::not_accepted : KeptChecks::none;
}

std::optional<double> available_bytes(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::path place = std::filesystem::absolute(folder, error); !error; place = place.parent_path()) {
    const auto space = std::filesystem::space(place, error);
    if (!error) {  // what has no size is no disk
      return space.capacity > 0 ? std::optional(static_cast<double>(space.available)) : std::nullopt;
    }
    if (place == place.root_path()) {
      break;
    }
    error.clear();  // it is still to be made
  }
  return std::nullopt;
}

std::string room_warning(const Recording& recording, const Facts& facts, std::int64_t answers, double available,
                         const std::filesystem::path& folder) {
  const double columns = recording.answers == AnswersFormat::safetensors ? AnswerParts::bytes(answers, facts) : 0.0;
  const double text = text_bytes(facts, answers) / 2;  // in each of both files
  const double all = columns + (recording.checks == RecordedChecks::all ? text : 0.0) +
                     (recording.answers == AnswersFormat::csv ? text : 0.0);
  const auto told = [&](double needed, const char* what) {
    return fmt::format("{} take {:.3g} GB, the disk of {} has {:.3g} GB left", what, needed / 1e9, folder.string(),
                       available / 1e9);
  };
  if (columns > available) {
    throw ConfigurationError(told(columns, "the answers") + "; none writes none of them");
  }
  return all > available ? told(all, "answers and checks may") : "";
}

Recording decided(const Recording& wanted, const Facts& facts, std::int64_t answers) {
  constexpr double most_text = 1e9;  // [bytes]
  const bool is_small = text_bytes(facts, answers) < most_text;
  Recording recording = wanted;
  if (wanted.checks == RecordedChecks::automatic) {
    recording.checks = is_small ? RecordedChecks::all : RecordedChecks::not_accepted;
  }
  if (wanted.answers == AnswersFormat::automatic) {
    recording.answers = is_small ? AnswersFormat::csv : AnswersFormat::safetensors;
  }
  return recording;
}

}  // namespace ailoop
