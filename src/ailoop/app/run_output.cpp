#include <ailoop/app/run_output.hpp>

#include <ailoop/app/resume.hpp>
#include <ailoop/output/console.hpp>
#include <ailoop/output/logged_run.hpp>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <utility>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

}  // namespace

PlaceToResume place_to_resume(const std::optional<std::string>& named, const std::string& config_name,
                              const std::string& config_sha256, std::int64_t answers_wanted) {
  const std::vector<fs::path> folders = named ? std::vector<fs::path>{*named} : RunFolder::runs_of(config_name);
  PlaceToResume place;
  for (const fs::path& folder : folders) {
    const auto run = read_logged_run(folder / RunFolder::events_name);
    const bool is_over = run && run->has_converged;
    const bool is_ours = run && run->config_sha256 == config_sha256;
    const bool may_go_on = is_ours || (!is_over && !place.done);  // of another run only to say how it differs
    if (is_over && is_ours && run->answers >= answers_wanted) {
      place.done = place.done.value_or(folder);
    } else if (named || may_go_on) {
      return {folder.string(), std::nullopt};
    }
  }
  return place;
}

RunOutput::RunOutput(const CommandLine& command_line, const fs::path& config_file, const RunSettings& settings,
                     const CheckpointFacts& of_result, const Assembly& assembly, std::int64_t answers_wanted,
                     const Recording& recording, const RunStart& start)
    : m_files(command_line.files_there, config_file, settings),
      m_checkpoints(m_files.folder().checkpoints()),
      m_facts(checkpoint_facts(settings, of_result, settings.sampling.samples(start.ranks))) {
  m_facts.emplace(saved_by, "a run of the command");
  m_facts.emplace("output.answers", to_string(recording.answers));  // a file that was begun is continued
  if (command_line.files_there == FilesThere::kept) {
    find_saved(settings, start.config_sha256);
  }
  spdlog::info("{} {}", m_saved ? "resuming in" : "output in", m_files.folder().path().string());
  try {
    m_files.open(assembly, recording, start, m_saved.has_value());
  } catch (const InputOutputError& error) {
    if (m_saved) {
      throw ConfigurationError(std::string("the run cannot go on from its checkpoint: ") + error.what());
    }
    throw;
  }
  const bool on_terminal = isatty(STDERR_FILENO) != 0;
  m_files.add<Console>(ConsoleSettings{command_line.quiet, on_terminal && !command_line.quiet, settings.tolerance,
                                       answers_wanted, settings.surrogate.kind->precision(),
                                       settings.trainer.kind->takes_steps()});
}

void RunOutput::find_saved(const RunSettings& settings, const std::string& config_sha256) {
  FoundCheckpoints found = m_checkpoints.find();
  for (const std::string& why : found.unusable) {
    spdlog::warn("a checkpoint cannot be used: {}", why);
  }
  if (found.newest) {
    require_same_run(found.newest->facts, m_facts);
    for (const std::string& what : other_platform(found.newest->facts, m_facts)) {
      spdlog::warn("resuming on another platform, last bits may differ: {}", what);
    }
    m_changes = changes_of_answers(found.newest->facts, m_facts);
    m_saved = std::move(found.newest);
    return;
  }
  if (!m_files.folder().holds_results()) {
    return;
  }
  // a run that left no checkpoint may be repeated, but not be replaced by another one
  const auto run = read_logged_run(m_files.folder().events());
  if (!run || run->config_sha256 != config_sha256) {
    throw settings.error_at(folder_key, m_files.folder().path().string() +
                                            " holds another run, which left no checkpoint; name another " +
                                            "folder, or overwrite it with --force");
  }
  spdlog::warn("{} holds no usable checkpoint: the run starts from the beginning", m_files.folder().path().string());
  m_files.folder().set_aside();
}

void RunOutput::begin(const RunSettings& settings) {
  m_saved.reset();
  m_files.write_configuration(settings);
}

}  // namespace ailoop
