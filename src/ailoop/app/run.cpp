#include <ailoop/app/run.hpp>

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/resume.hpp>
#include <ailoop/app/run_plan.hpp>
#include <ailoop/app/run_queries.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/app/sessions.hpp>
#include <ailoop/app/stop_signals.hpp>
#include <ailoop/app/thread_check.hpp>
#include <ailoop/app/validation.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/output/answers_file.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/output/console.hpp>
#include <ailoop/output/event_log.hpp>
#include <ailoop/output/run_folder.hpp>
#include <ailoop/output/summary_file.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/problem/bound_coverage.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/safetensors_archive.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

RunFolder run_folder(const CommandLine& command_line, const std::filesystem::path& config_file,
                     const RunSettings& settings) {
  std::vector<std::filesystem::path> inputs = {config_file};
  if (settings.initial_model) {
    inputs.push_back(*settings.initial_model);
  }
  const auto of_queries = settings.queries.kind->inputs();
  inputs.insert(inputs.end(), of_queries.begin(), of_queries.end());
  return at_setting(settings, "output.directory", [&] {
    return RunFolder::create(settings.directory, config_file.stem().string(), command_line.files_there, inputs);
  });
}

/// A run that left no checkpoint may be repeated, but not be replaced by another one.
void require_repetition(const RunFolder& folder, const RunSettings& settings) {
  std::error_code error;
  if (!std::filesystem::exists(folder.config(), error)) {
    return;
  }
  const RunSettings earlier = read_run_settings(load_configuration(folder.config(), {}), settings.registries);
  if (config_sha256(earlier) != config_sha256(settings)) {
    throw settings.error_at("output.directory", folder.path().string() +
                                                    " holds another run, which left no checkpoint; name another " +
                                                    "folder, or overwrite it with --force");
  }
}

/// The checkpoint from which the run goes on; without one the folder is made empty for a run from the beginning.
std::optional<Checkpoint> checkpoint_to_go_on_from(const RunFolder& folder, CheckpointFolder& checkpoints,
                                                   const RunSettings& settings, const CheckpointFacts& facts) {
  FoundCheckpoints found = checkpoints.find();
  for (const std::string& why : found.unusable) {
    spdlog::warn("a checkpoint cannot be used: {}", why);
  }
  if (!found.newest) {
    require_repetition(folder, settings);
    spdlog::warn("{} holds no usable checkpoint: the run starts from the beginning", folder.path().string());
    folder.remove_earlier_run();
    return std::nullopt;
  }
  require_same_run(found.newest->facts, facts);
  for (const std::string& what : other_platform(found.newest->facts, facts)) {
    spdlog::warn("resuming on another platform, last bits may differ: {}", what);
  }
  checkpoints.remove_newer();
  return std::move(found.newest);
}

/// Everything on the model rank that follows the run.
class Output {
 public:
  Output(const CommandLine& command_line, const std::filesystem::path& config_file, const RunSettings& settings,
         const Assembly& assembly, std::int64_t answers_wanted, const RunStart& start)
      : m_folder(run_folder(command_line, config_file, settings)),
        m_checkpoints(m_folder.checkpoints()),
        m_facts(checkpoint_facts(settings, settings.sampling.samples(start.ranks), initial_sha256(assembly))) {
    if (command_line.files_there == FilesThere::kept) {
      m_saved = checkpoint_to_go_on_from(m_folder, m_checkpoints, settings, m_facts);
    }
    spdlog::info("{} {}", m_saved ? "resuming in" : "output in", m_folder.path().string());
    try {
      open_files(settings, assembly, start);
    } catch (const InputOutputError& error) {
      if (m_saved) {
        throw ConfigurationError(std::string("the run cannot go on from its checkpoint: ") + error.what());
      }
      throw;
    }
    const bool on_terminal = isatty(STDERR_FILENO) != 0;
    add<Console>(
        ConsoleSettings{command_line.quiet, on_terminal && !command_line.quiet, settings.tolerance, answers_wanted,
                        settings.surrogate.kind->precision()});
  }

  [[nodiscard]] std::vector<RunObserver*> observers() const {
    std::vector<RunObserver*> pointers;
    pointers.reserve(m_observers.size());
    for (const auto& observer : m_observers) {
      pointers.push_back(observer.get());
    }
    return pointers;
  }

  /// What the run goes on from; nullptr for a run from the beginning.
  [[nodiscard]] const SafetensorsFile* saved() const noexcept { return m_saved ? &m_saved->state : nullptr; }

  /// Once it is certain that the run begins or goes on.
  void begin(const RunSettings& settings) {
    m_saved.reset();
    // without its own folder: fed back, it shall find another one
    write_file_atomically(m_folder.config(),
                          SettingsPrinter().only_affecting({Affects::result, Affects::execution}).print(settings));
  }

  void save_checkpoint(const std::function<void(StateArchive&)>& show) { m_checkpoints.write(m_facts, show); }

 private:
  void open_files(const RunSettings& settings, const Assembly& assembly, const RunStart& start) {
    add<AnswersFile>(m_folder.answers(), assembly.problem().facts(), m_saved ? FileStart::keep : FileStart::empty);
    add<SummaryFile>(
        m_folder.summary(),
        SummaryFacts{start.ranks, start.threads, start.seconds, start.config_sha256, initial_sha256(assembly)},
        [this, &assembly] { return save_model(m_folder.model(), assembly.model()); });
    add<EventLog>(m_folder.events(), settings.tolerance, m_saved ? std::nullopt : std::optional(start));
  }

  static std::optional<std::string> initial_sha256(const Assembly& assembly) {
    const auto& initial = assembly.initial_model();
    return initial ? std::optional(initial->sha256) : std::nullopt;
  }

  template <class Observer, class... Arguments>
  void add(Arguments&&... arguments) {
    m_observers.push_back(std::make_unique<Observer>(std::forward<Arguments>(arguments)...));
  }

  RunFolder m_folder;
  CheckpointFolder m_checkpoints;
  CheckpointFacts m_facts;
  std::optional<Checkpoint> m_saved;
  std::vector<std::unique_ptr<RunObserver>> m_observers;
};

/// The gate `difference` believes the approximation: a user should know how far that is justified.
void say_what_difference_means(const Problem& problem, double tolerance) {
  if (!problem.facts().has_bound) {
    spdlog::warn("loop.gate: difference believes an approximation without an error bound");
    return;
  }
  const double share = share_beyond_bound(problem, tolerance);
  if (share > 0.0) {
    spdlog::warn(
        "loop.gate: difference believes the approximation, but its error bound exceeds loop.tolerance on {:.2g} % of "
        "the domain: there right answers may be rejected and wrong ones accepted; certified lets the truth decide",
        100.0 * share);
  }
}

void say_how_it_runs(const Assembly& assembly, const RunSettings& settings, const Limits& limits,
                     const std::vector<RankThreads>& ranks) {
  spdlog::info("ranks: {}, threads of each: {} ({})", ranks.size(), threads_text(ranks), name(host_execution()));
  if (settings.gate == GateMode::difference) {
    say_what_difference_means(assembly.problem(), settings.tolerance);
  }
  if (settings.accepted && limits.accepted < *settings.accepted) {
    spdlog::warn("loop.accepted: {} answers wanted, but there are {} queries; the run ends with these",
                 *settings.accepted, limits.accepted);
  }
  if (limits.checks * limits.batch < limits.accepted) {
    spdlog::warn("limits.checks: {} checks of {} queries at most cannot give the {} answers wanted", limits.checks,
                 limits.batch, limits.accepted);
  }
  if (!assembly.roles().note.empty()) {
    spdlog::info("{}", assembly.roles().note);
  }
  if (assembly.initial_model() && !assembly.initial_model()->optimizer_state) {
    spdlog::info("{} holds no state of {}; the optimizer starts from zero", settings.initial_model->string(),
                 settings.trainer.name);
  }
}

/// Collective. \param saved on the model rank: what the run goes on from; nullptr for a run from the beginning
void resume_if_saved(const Communicator& comm, Controller& controller, const SafetensorsFile* saved) {
  int is_resumed = saved != nullptr ? 1 : 0;
  AILOOP_MPI(MPI_Bcast(&is_resumed, 1, MPI_INT, RoleLayout::model_rank, comm.get()));
  if (is_resumed == 0) {
    return;
  }
  if (saved == nullptr) {
    controller.resume(nullptr);
    return;
  }
  SafetensorsReader reader(*saved);
  controller.resume(&reader);
}

/// Prints what a run would do; nothing is written.
void print_plan(const Communicator& comm, const CommandLine& command_line, const ConfigurationSource& source,
                const RunSettings& settings, const Assembly& assembly, const Limits& limits,
                const std::vector<RankThreads>& threads) {
  const std::string plan = plan_text(comm, settings, assembly, limits, threads);
  agreed(comm, "dry run", [&] {
    if (comm.rank() == RoleLayout::model_rank) {
      validate(source, settings.registries, command_line.files_there);
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
  const RunSettings settings = read_run_settings(source, registries);
  const NodeResources node = node_resources(comm);
  const bool is_model_rank = comm.rank() == RoleLayout::model_rank;

  std::optional<KokkosSession> kokkos;
  std::vector<ThreadWish> wishes;
  agreed(comm, "start of Kokkos", [&] {
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
  std::unique_ptr<Output> output;
  agreed(comm, "start", [&] {
    if (is_model_rank) {
      const RunStart run_start{seconds_since(start), comm.size(), concurrency(host_execution()),
                               config_sha256(settings)};
      output =
          std::make_unique<Output>(command_line, source.file, settings, assembly, queries.limits.accepted, run_start);
      say_how_it_runs(assembly, settings, queries.limits, threads);
    }
  });
  Checkpointing checkpointing;
  if (output) {
    checkpointing = {&StopSignals::have_come, settings.checkpoint_every,
                     [&](const auto& show) { output->save_checkpoint(show); }};
  }
  Controller controller(
      {comm, assembly.roles(), assembly.problem(), *queries.source, assembly.emulator(), assembly.messenger(),
       settings.ahead, output ? output->observers() : std::vector<RunObserver*>(), std::move(checkpointing)},
      queries.limits, start);
  resume_if_saved(comm, controller, output ? output->saved() : nullptr);
  agreed(comm, "start", [&] {
    if (output) {
      output->begin(settings);
    }
  });
  return controller.run().end;
}

}  // namespace ailoop
