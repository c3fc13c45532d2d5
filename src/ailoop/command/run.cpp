// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/run.hpp>

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/resume.hpp>
#include <ailoop/app/run_files.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/command/console.hpp>
#include <ailoop/command/place_to_resume.hpp>
#include <ailoop/command/run_plan.hpp>
#include <ailoop/command/stop_signals.hpp>
#include <ailoop/command/thread_check.hpp>
#include <ailoop/command/validation.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/emulator/device_checks.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/execution/thread_wishes.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/output/answer_parts.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// How a run begins, which the model rank finds out.
enum class Beginning : int {
  from_nothing,
  from_checkpoint,
  none,  ///< the run that is to go on has converged
};

void say_how_it_runs(const Assembly& assembly, const RunSettings& settings, const Limits& limits,
                     const std::vector<RankThreads>& ranks, const Recording& recording) {
  spdlog::info("ranks: {}, threads of each: {} ({})", ranks.size(), threads_text(ranks), name(Execution::host_threads));
  if (assembly.executions().use_device()) {
    const std::int64_t room = DeviceChecks::room(assembly.problem().facts());
    spdlog::info("device: {}{}", name(Execution::device),
                 limits.batch > room ? fmt::format(", whose memory has room for {} queries at once", room) : "");
  }
  if (const auto caveat = assembly.emulator().gate().caveat(assembly.problem())) {
    spdlog::warn("loop.gate: {}", *caveat);
  }
  if (settings.accepted && limits.accepted < *settings.accepted) {
    spdlog::warn("loop.accepted: {} answers wanted, but there are {} queries; the run ends with these",
                 *settings.accepted, limits.accepted);
  }
  if (limits.checks < (limits.accepted - 1) / limits.batch + 1) {
    spdlog::warn("limits.checks: {} checks of {} queries at most cannot give the {} answers wanted", limits.checks,
                 limits.batch, limits.accepted);
  }
  if (!assembly.roles().note.empty() && !assembly.asks_everywhere()) {
    spdlog::info("{}", assembly.roles().note);
  }
  if (assembly.initial_model() && !assembly.initial_model()->optimizer_state) {
    spdlog::info("{} holds no state of {}; the optimizer starts from zero", settings.initial_model->written(),
                 settings.trainer.name);
  }
  if (recording != settings.recording && recording.kept() != KeptChecks::all) {
    spdlog::info("many answers are wanted: output.checks is {}, output.answers {}", to_string(recording.checks),
                 to_string(recording.answers));
  }
}

/// Prints what a run would do; nothing is written.
void print_plan(const Communicator& comm, FilesThere files_there, const std::filesystem::path& config_file,
                const RunSettings& settings, const Assembly& assembly, const Limits& limits,
                const std::vector<RankThreads>& threads, const Recording& recording) {
  const std::string plan = plan_text(comm, settings, assembly, limits, threads);
  agreed_on_rank_0(comm, "dry run", [&] {
    check_files(settings, config_file, files_there);  // the rest was read, and made, by now
    check_room(settings, files_there, recording, assembly.problem().facts(), limits.accepted);
    settings.trainer.kind->require_libraries(true);
    fmt::print("{}", plan);
    if (std::fflush(stdout) != 0) {
      throw InputOutputError("standard output cannot be written");
    }
  });
}

/// On the model rank: all that follows the run.
struct Output {
  RunFiles files;
  CheckpointFolder checkpoints;
  CheckpointFacts facts;
  std::optional<Checkpoint> saved;  ///< what the run goes on from
};

/// Takes the folder and opens the files; where the run is to go on, finds what it goes on from.
/// \param[in] settings with the folder in `directory`
/// \throws ConfigurationError if the folder cannot be used, or holds another run that is to go on
Output open_output(const CommandLine& command_line, const std::filesystem::path& config_file,
                   const RunSettings& settings, CheckpointFacts facts, const Assembly& assembly,
                   const Recording& recording, const RunStart& start, std::int64_t answers_wanted) {
  RunFiles files(command_line.files_there, config_file, settings);
  CheckpointFolder checkpoints(files.folder().checkpoints());
  facts.emplace("output.answers", to_string(recording.answers));  // a file that was begun is continued
  std::optional<Checkpoint> saved;
  if (command_line.files_there == FilesThere::kept) {
    saved = find_saved(settings, files.folder(), checkpoints, facts, start.config_sha256);
  }
  spdlog::info("{} {}", saved ? "resuming in" : "output in", files.folder().path().string());
  try {
    files.open(assembly, recording, start, saved.has_value());
  } catch (const InputOutputError& error) {
    if (saved) {
      throw ConfigurationError(std::string("the run cannot go on from its checkpoint: ") + error.what());
    }
    throw;
  }
  files.add<Console>(ConsoleSettings{command_line.quiet, settings.tolerance, answers_wanted,
                                     settings.surrogate.kind->precision(), settings.trainer.kind->takes_steps()});
  return {std::move(files), std::move(checkpoints), std::move(facts), std::move(saved)};
}

}  // namespace

End run(const Communicator& comm, const CommandLine& command_line, int& argc, char** argv, const Registries& registries,
        Clock::time_point start) {
  const ConfigurationSource source =
      shared_configuration(comm, command_line.config, command_line.overrides, registries);
  tell_file_in_use(command_line.config, source);
  RunSettings settings = read_run_settings(source, registries);
  const NodeResources node = node_resources(comm);
  const bool is_model_rank = comm.rank() == RoleLayout::model_rank;

  std::optional<KokkosSession> kokkos;
  std::vector<ThreadWish> wishes;
  agreed(comm, "start of Kokkos", [&] {
    if (const auto unusable = unusable_paths(settings); is_model_rank && !unusable.empty()) {
      throw ConfigurationError(unusable.begin()->second);
    }
    wishes = thread_wishes(argc, argv);
    kokkos.emplace(argc, argv,
                   KokkosSettings{node.threads_per_rank(), command_line.verbose && is_model_rank, is_model_rank});
  });

  Assembly assembly(comm, node, settings);
  const RunQueries queries = assembly.load_queries();
  const std::vector<RankThreads> threads = gathered_threads(comm, node, wishes, concurrency(Execution::host_threads));
  for (const std::string& warning : thread_warnings(threads, wishes)) {
    spdlog::warn("{}", warning);
  }
  const Facts& facts = assembly.problem().facts();
  const Recording recording = decided(settings.recording, facts, queries.limits.accepted);
  if (command_line.action == CommandLine::Action::dry_run) {
    print_plan(comm, command_line.files_there, source.file, settings, assembly, queries.limits, threads, recording);
    return End::converged;
  }
  std::optional<Output> output;
  auto beginning = Beginning::from_nothing;
  agreed_on_rank_0(comm, "start", [&] {
    const CheckpointFacts of_result = settings_affecting(settings, Affects::result);
    const RunStart run_start{.seconds = seconds_since(start),
                             .ranks = comm.size(),
                             .threads = concurrency(Execution::host_threads),
                             .config_sha256 = config_sha256(of_result)};
    const std::int64_t wanted = queries.limits.accepted;
    if (command_line.files_there == FilesThere::kept) {
      const PlaceToResume place = place_to_resume(settings.folder(), source.file.stem().string(),
                                                  run_start.config_sha256, wanted, recording.answers);
      if (place.done) {
        spdlog::info("{} holds this run, which has converged: nothing is left to do", place.done->string());
        beginning = Beginning::none;
        return;
      }
      if (place.directory) {
        settings.directory = PathSetting::plain(*place.directory);
      }
    }
    check_room(settings, command_line.files_there, recording, facts, wanted);
    output.emplace(open_output(command_line, source.file, settings,
                               checkpoint_facts(settings, of_result, comm.size(), "a run of the command"), assembly,
                               recording, run_start, wanted));
    say_how_it_runs(assembly, settings, queries.limits, threads, recording);
    beginning = output->saved ? Beginning::from_checkpoint : Beginning::from_nothing;
  });
  AILOOP_MPI(MPI_Bcast(&beginning, 1, MPI_INT, RoleLayout::model_rank, comm.get()));
  if (beginning == Beginning::none) {
    return End::converged;
  }
  Checkpointing checkpointing{.every = settings.checkpoint_every};
  if (output) {
    checkpointing.is_wanted_to_stop = &StopSignals::have_come;
    checkpointing.save = [&](const SavedState& state) { output->checkpoints.write(output->facts, state); };
  }
  std::string answers_folder = output ? output->files.folder().answer_parts().string() : std::string();
  broadcast(comm, answers_folder, RoleLayout::model_rank);
  const bool everywhere = assembly.asks_everywhere();
  std::optional<AnswerParts> answers;
  const Communicator alone(MPI_COMM_SELF);
  if (recording.answers == AnswersFormat::safetensors && (everywhere || is_model_rank)) {
    answers.emplace(everywhere ? comm : alone, answers_folder, facts);
  }
  Controller controller({.comm = comm,
                         .roles = assembly.roles(),
                         .problem = assembly.problem(),
                         .queries = *queries.source,
                         .emulator = assembly.emulator(),
                         .messenger = assembly.messenger(),
                         .everywhere = everywhere,
                         .ahead = settings.ahead,
                         .kept = recording.kept(),
                         .store = answers ? &*answers : nullptr,
                         .observers = output ? output->files.observers() : std::vector<RunObserver*>(),
                         .checkpointing = std::move(checkpointing)},
                        queries.limits, start);
  if (beginning == Beginning::from_checkpoint) {
    controller.resume(output ? &output->saved->state : nullptr,
                      output ? changes_of_answers(output->saved->facts, output->facts) : std::vector<SettingChange>());
  }
  agreed(comm, "start", [&] {
    if (output) {  // it is certain now that the run begins or goes on
      output->saved.reset();
      output->files.write_configuration(settings);
    }
  });
  const End end = controller.run().end;
  if (output && end == End::converged) {
    output->files.folder().remove_set_aside();  // its files stand in the place of these
  }
  return end;
}

}  // namespace ailoop
