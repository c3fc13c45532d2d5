#include <ailoop/output/logged_run.hpp>

#include <ailoop/core/index_range.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <string>

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
