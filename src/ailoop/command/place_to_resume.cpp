// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/place_to_resume.hpp>

#include <ailoop/app/resume.hpp>
#include <ailoop/output/event_log.hpp>

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

namespace ailoop {

namespace {

bool has_answers(const std::filesystem::path& folder, AnswersFormat format) {
  const char* name = format == AnswersFormat::csv ? RunFolder::answers_name : RunFolder::answer_parts_name;
  return format == AnswersFormat::none || std::filesystem::exists(folder / name);
}

}  // namespace

PlaceToResume place_to_resume(const std::optional<std::string>& named, const std::string& config_name,
                              const std::string& config_sha256, std::int64_t answers_wanted, AnswersFormat format) {
  const std::vector<std::filesystem::path> folders =
      named ? std::vector<std::filesystem::path>{*named} : RunFolder::runs_of(config_name);
  PlaceToResume place;
  for (const std::filesystem::path& folder : folders) {
    const auto run = read_logged_run(folder / RunFolder::events_name);
    const bool is_over = run && run->has_converged;
    const bool is_ours = run && run->config_sha256 == config_sha256;
    const bool may_go_on = is_ours || (!is_over && !place.done);  // of another run only to say how it differs
    if (is_over && is_ours && run->answers >= answers_wanted && has_answers(folder, format)) {
      place.done = place.done.value_or(folder);
    } else if (named || may_go_on) {
      return {folder.string(), std::nullopt};
    }
  }
  return place;
}

std::optional<Checkpoint> find_saved(const RunSettings& settings, const RunFolder& folder,
                                     CheckpointFolder& checkpoints, const CheckpointFacts& now,
                                     const std::string& config_sha256) {
  FoundCheckpoints found = checkpoints.find();
  for (const std::string& why : found.unusable) {
    spdlog::warn("a checkpoint cannot be used: {}", why);
  }
  if (found.newest) {
    require_same_run(found.newest->facts, now);
    for (const std::string& change : changes_of_platform(found.newest->facts, now)) {
      spdlog::warn("resuming on another platform, last bits may differ: {}", change);
    }
  } else if (folder.holds_results()) {
    // a run that left no checkpoint may be repeated, but not be replaced by another one
    const auto run = read_logged_run(folder.events());
    if (!run || run->config_sha256 != config_sha256) {
      throw settings.error_at(folder_key, folder.path().string() +
                                              " holds another run, which left no checkpoint; name another " +
                                              "folder, or overwrite it with --force");
    }
    spdlog::warn("{} holds no usable checkpoint: the run starts from the beginning", folder.path().string());
    folder.set_aside();
  }
  return std::move(found.newest);
}

}  // namespace ailoop
