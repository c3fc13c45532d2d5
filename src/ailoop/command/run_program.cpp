// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/run_program.hpp>

#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/command/command_line.hpp>
#include <ailoop/command/exit_code.hpp>
#include <ailoop/command/launcher.hpp>
#include <ailoop/command/run.hpp>
#include <ailoop/command/stop_signals.hpp>
#include <ailoop/command/validation.hpp>
#include <ailoop/config/schema_printer.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/version.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/output/provenance.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_session.hpp>

#include <fmt/format.h>
#include <mpi.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace ailoop {

namespace {

/// Notes go to standard error, of one rank only.
void set_up_log(const CommandLine& command_line, bool this_rank_speaks) {
  auto logger = std::make_shared<spdlog::logger>("ailoop", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("ailoop: %v");
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  spdlog::set_level(!this_rank_speaks      ? spdlog::level::off
                    : command_line.quiet   ? spdlog::level::warn
                    : command_line.verbose ? spdlog::level::debug
                                           : spdlog::level::info);
}

/// Tells an error, if this rank is to: a wrong configuration as file:line:column: ..., which editors understand.
/// \return the exit code
int told(ErrorKind kind, const std::string& message, bool this_rank_speaks = true) {
  if (this_rank_speaks) {
    const std::string line = (kind == ErrorKind::configuration ? "" : "ailoop: error: ") + message + "\n";
    std::fputs(line.c_str(), stderr);  // where even this fails there is nobody left to tell
    std::fflush(stderr);
  }
  return exit_code_of(kind);
}

template <class KindType>
void list_kinds(const char* title, const Registry<KindType>& registry) {
  fmt::print("{}\n", title);
  for (const auto& entry : registry.entries()) {
    fmt::print("  {:12} {}\n", entry.name, entry.summary);
  }
  fmt::print("\n");
}

void print_list(const Registries& registries) {
  list_kinds("Problems (problem.name)", registries.problems);
  list_kinds("Surrogates (surrogate.type)", registries.surrogates);
  list_kinds("Trainers (training.trainer)", registries.trainers);
  list_kinds("Gates (loop.gate)", registries.gates);
  list_kinds("Sources of queries (queries.source)", registries.queries);
  const RunSettings defaults{registries};
  fmt::print("Settings\n{}", to_string(settings_table(defaults)));
}

void print_version() {
  const BuildInfo& build = build_info();
  fmt::print("ailoop {} ({})\nKokkos {}\n{}\n{}, {}, {}\n", build.version, build.revision, kokkos_version(),
             mpi_version(), build.compiler, build.build_type, build.flags);
}

/// What needs neither MPI nor Kokkos; on the first rank of a launcher only.
void print_information(const CommandLine& command_line, const Registries& registries) {
  const auto load = [&] {
    ConfigurationSource source = load_configuration(command_line.config, command_line.overrides);
    tell_file_in_use(command_line.config, source);
    return source;
  };
  switch (command_line.action) {
    case CommandLine::Action::help:
      fmt::print("{}", command_line.help);
      break;
    case CommandLine::Action::version:
      print_version();
      break;
    case CommandLine::Action::list:
      print_list(registries);
      break;
    case CommandLine::Action::validate: {
      const ConfigurationSource source = load();
      validate(source, registries, command_line.files_there);
      if (!command_line.quiet) {
        fmt::print("{}: valid\n", source.file.string());
      }
      break;
    }
    case CommandLine::Action::print_schema:
      fmt::print("{}\n", print_schema("Configuration of ailoop", RunSettings{registries}));
      break;
    case CommandLine::Action::print_config: {
      const RunSettings settings = read_run_settings(load(), registries);
      note_unusable_paths(settings);
      fmt::print("{}", print_settings(settings));
      break;
    }
    case CommandLine::Action::run:
    case CommandLine::Action::dry_run:
      break;
  }
  if (std::fflush(stdout) != 0) {
    throw InputOutputError("standard output cannot be written");
  }
}

/// Of a world that is not ailoop's alone.
[[noreturn]] void end_all_programs() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  // the first rank of ailoop's to get here speaks, and ends the others before they do
  std::this_thread::sleep_for(std::chrono::milliseconds(100) * rank);
  const int code =
      told(ErrorKind::configuration,
           "command line: not all processes of this mpiexec are ranks of ailoop: a run takes all of them; start "
           "another program with an mpiexec of its own, or call ailoop from it (ailoop::ConfiguredEmulator)");
  MPI_Abort(MPI_COMM_WORLD, code);
  std::abort();
}

int run_on_all_ranks(const CommandLine& command_line, int& argc, char** argv, const Registries& registries,
                     const Launcher& launcher, std::chrono::steady_clock::time_point start) {
  const MpiSession mpi(argc, argv);
  const World world = meet_world(argc, argv);
  if (!world.is_of_ailoop) {
    end_all_programs();
  }
  const Communicator comm(MPI_COMM_WORLD);
  std::string warning;
  try {
    warning = check_world(launcher, comm.size());
  } catch (const ConfigurationError& error) {
    return told(error.kind(), error.what(), launcher.sees_first);
  }
  set_up_log(command_line, comm.rank() == 0);
  if (!warning.empty()) {
    spdlog::warn("{}", warning);
  }
  const StopSignals stop_signals;
  // a reader of standard output that goes away (| head) must not end the run: the files hold everything
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  // nor must a limit on the size of files: the write that reaches it fails, and that is told
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  try {
    if (world.other_command) {
      throw AgreedError(ErrorKind::configuration,
                        fmt::format("command line: rank {} was started with another program name or other arguments "
                                    "than rank 0, but a run takes all ranks of its mpiexec; start each run with an "
                                    "mpiexec of its own",
                                    *world.other_command));
    }
    return exit_code_of(run(comm, command_line, argc, argv, registries, start));
  } catch (const AgreedError& error) {
    return told(error.kind(), error.what(), comm.rank() == 0);
  } catch (...) {
    // the other ranks do not know and may be waiting for this one
    const LocalFailure failure = current_failure();
    const int code = told(failure.kind, "rank " + std::to_string(comm.rank()) + ": " + failure.message);
    MPI_Abort(MPI_COMM_WORLD, code);
    return code;
  }
}

}  // namespace

int run_program(int argc, char** argv, const Registries& registries) {
  const auto start = std::chrono::steady_clock::now();
  const Launcher launcher = ailoop::launcher();
  const bool speaks = launcher.rank == 0;
  try {
    const CommandLine command_line = parse_command_line(argc, argv);
    set_up_log(command_line, speaks);
    if (command_line.action == CommandLine::Action::run || command_line.action == CommandLine::Action::dry_run) {
      return run_on_all_ranks(command_line, argc, argv, registries, launcher, start);
    }
    if (speaks) {
      print_information(command_line, registries);
    }
    return 0;
  } catch (...) {
    const LocalFailure failure = current_failure();
    return told(failure.kind, failure.message, speaks);
  }
}

}  // namespace ailoop
