#include <ailoop/app/run.hpp>

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_output.hpp>
#include <ailoop/app/run_plan.hpp>
#include <ailoop/app/run_queries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/app/sessions.hpp>
#include <ailoop/app/stop_signals.hpp>
#include <ailoop/app/thread_check.hpp>
#include <ailoop/app/validation.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/output/answer_parts.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <string>
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
                     const std::vector<RankThreads>& ranks) {
  spdlog::info("ranks: {}, threads of each: {} ({})", ranks.size(), threads_text(ranks), name(host_execution()));
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
  if (!assembly.roles().note.empty() && !settings.asks_everywhere(static_cast<int>(ranks.size()))) {
    spdlog::info("{}", assembly.roles().note);
  }
  if (assembly.initial_model() && !assembly.initial_model()->optimizer_state) {
    spdlog::info("{} holds no state of {}; the optimizer starts from zero", settings.initial_model->written(),
                 settings.trainer.name);
  }
}

/// What `auto` came to, where it is not what small runs write.
void say_what_is_written(const Recording& wanted, const Recording& decided) {
  if (decided != wanted && decided.kept() != KeptChecks::all) {
    spdlog::info("many answers are wanted: output.checks is {}, output.answers {}", to_string(decided.checks),
                 to_string(decided.answers));
  }
}

/// Refuses a run whose answers certainly do not fit on the disk; of one that goes on, a part is there already.
void look_for_room(const RunSettings& settings, const Recording& recording, const Facts& facts, std::int64_t answers,
                   bool goes_on) {
  const std::filesystem::path folder = settings.folder().value_or("runs");
  const auto available = available_bytes(folder);
  if (!available || goes_on) {
    return;
  }
  const std::string warning = at_setting(settings, "output.answers", [&] {
    return room_warning(written_bytes(recording, facts, answers), *available, folder);
  });
  if (!warning.empty()) {
    spdlog::warn("{}", warning);
  }
}

/// Prints what a run would do; nothing is written.
void print_plan(const Communicator& comm, const CommandLine& command_line, const ConfigurationSource& source,
                const RunSettings& settings, const Assembly& assembly, const Limits& limits,
                const std::vector<RankThreads>& threads) {
  const std::string plan = plan_text(comm, settings, assembly, limits, threads);
  agreed(comm, "dry run", [&] {
    if (comm.rank() == RoleLayout::model_rank) {
      check_files(settings, source.file, command_line.files_there);  // the rest was read, and made, by now
      look_for_room(settings, decided(settings.recording, assembly.problem().facts(), limits.accepted),
                    assembly.problem().facts(), limits.accepted, command_line.files_there == FilesThere::kept);
      settings.trainer.kind->require_libraries(true);
      fmt::print("{}", plan);
      if (std::fflush(stdout) != 0) {
        throw InputOutputError("standard output cannot be written");
      }
    }
  });
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
  const RunQueries queries = load_queries(comm, settings, assembly.problem().facts());
  assembly.add_listed_queries(comm, settings, queries.listed);
  const std::vector<RankThreads> threads = gathered_threads(comm, node, wishes, concurrency(host_execution()));
  for (const std::string& warning : thread_warnings(threads, wishes)) {
    spdlog::warn("{}", warning);
  }
  if (command_line.action == CommandLine::Action::dry_run) {
    print_plan(comm, command_line, source, settings, assembly, queries.limits, threads);
    return End::converged;
  }
  const Recording recording = decided(settings.recording, assembly.problem().facts(), queries.limits.accepted);
  std::unique_ptr<RunOutput> output;
  auto beginning = Beginning::from_nothing;
  agreed(comm, "start", [&] {
    if (!is_model_rank) {
      return;
    }
    const auto of_result = settings_affecting(settings, Affects::result);
    const RunStart run_start{seconds_since(start), comm.size(), concurrency(host_execution()),
                             config_sha256(of_result)};
    const std::int64_t wanted = queries.limits.accepted;
    if (command_line.files_there == FilesThere::kept) {
      const PlaceToResume place =
          place_to_resume(settings.folder(), source.file.stem().string(), run_start.config_sha256, wanted);
      if (place.done) {
        spdlog::info("{} holds this run, which has converged: nothing is left to do", place.done->string());
        beginning = Beginning::none;
        return;
      }
      if (place.directory) {
        settings.directory = PathSetting::plain(*place.directory);
      }
    }
    look_for_room(settings, recording, assembly.problem().facts(), wanted,
                  command_line.files_there == FilesThere::kept);
    output = std::make_unique<RunOutput>(command_line, source.file, settings, of_result, assembly, wanted, recording,
                                         run_start);
    say_how_it_runs(assembly, settings, queries.limits, threads);
    say_what_is_written(settings.recording, recording);
    beginning = output->saved() != nullptr ? Beginning::from_checkpoint : Beginning::from_nothing;
  });
  AILOOP_MPI(MPI_Bcast(&beginning, 1, MPI_INT, RoleLayout::model_rank, comm.get()));
  if (beginning == Beginning::none) {
    return End::converged;
  }
  Checkpointing checkpointing{.every = settings.checkpoint_every};
  if (output) {
    checkpointing.is_wanted_to_stop = &StopSignals::have_come;
    checkpointing.save = [&](const SavedState& state) { output->save_checkpoint(state); };
  }
  std::string answers_folder = output ? output->answer_parts().string() : std::string();
  broadcast(comm, answers_folder, RoleLayout::model_rank);
  const bool everywhere = settings.asks_everywhere(comm.size());
  std::optional<AnswerParts> answers;
  const Communicator alone(MPI_COMM_SELF);
  if (recording.answers == AnswersFormat::safetensors && (everywhere || is_model_rank)) {
    answers.emplace(everywhere ? comm : alone, answers_folder, assembly.problem().facts());
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
                         .observers = output ? output->observers() : std::vector<RunObserver*>(),
                         .checkpointing = std::move(checkpointing)},
                        queries.limits, start);
  if (beginning == Beginning::from_checkpoint) {
    controller.resume(output ? output->saved() : nullptr, output ? output->changes() : std::vector<SettingChange>());
  }
  agreed(comm, "start", [&] {
    if (output) {
      output->begin(settings);
    }
  });
  const End end = controller.run().end;
  if (output && end == End::converged) {
    output->finish();
  }
  return end;
}

}  // namespace ailoop
