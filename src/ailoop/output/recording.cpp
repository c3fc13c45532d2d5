#include <ailoop/output/recording.hpp>

namespace ailoop {

std::string_view to_string(RecordedChecks checks) {
  switch (checks) {
    case RecordedChecks::automatic:
      return "auto";
    case RecordedChecks::all:
      return "all";
    case RecordedChecks::not_accepted:
      return "not_accepted";
    case RecordedChecks::none:
      return "none";
  }
  return "";
}

std::string_view to_string(AnswersFormat format) {
  switch (format) {
    case AnswersFormat::automatic:
      return "auto";
    case AnswersFormat::csv:
      return "csv";
    case AnswersFormat::safetensors:
      return "safetensors";
    case AnswersFormat::none:
      return "none";
  }
  return "";
}

KeptChecks Recording::kept() const {
  if (answers == AnswersFormat::csv || checks == RecordedChecks::all) {
    return KeptChecks::all;
  }
  return checks == RecordedChecks::not_accepted ? KeptChecks::not_accepted : KeptChecks::none;
}

double text_bytes_of_answer(const Facts& facts) {
  constexpr double number = 20.0;  // of a number in its shortest form, with what separates it from the next
  constexpr double names = 210.0;  // of a line's keys, times and verdicts, in both files
  const auto columns = static_cast<double>(facts.dimension + 4 * facts.outputs);
  return names + 2.0 * number * columns;
}

Recording decided(const Recording& wanted, const Facts& facts, std::int64_t answers) {
  constexpr double most_text = 1e9;  // [bytes]
  const bool is_small = static_cast<double>(answers) * text_bytes_of_answer(facts) < most_text;
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
