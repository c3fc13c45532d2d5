// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/command/launcher.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <fmt/format.h>
#include <mpi.h>
#include <sched.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ailoop {

namespace {

constexpr const char* allow = "AILOOP_ALLOW_SINGLETON";

/// The variables of a launcher. Where none holds the size there is at least one process more than the rank says.
struct Variables {
  const char* size;
  const char* rank;
};

constexpr Variables slurm_step = {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"};
constexpr std::array<Variables, 4> launchers = {{
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
    {"PMI_SIZE", "PMI_RANK"},
    {"PALS_RANKID", "PALS_RANKID"},
    {"PMIX_RANK", "PMIX_RANK"},
}};

std::optional<int> number(const Environment& environment, const char* name) {
  const char* value = environment(name);
  int found = 0;
  if (value != nullptr && std::from_chars(value, value + std::strlen(value), found).ec == std::errc()) {
    return found;
  }
  return std::nullopt;
}

std::optional<Variables> nearest(const Environment& environment) {
  // the PMIx of a Slurm step tells its rank alone, the step its size, too
  const char* space = environment("PMIX_NAMESPACE");
  const bool is_step = space != nullptr && std::string_view(space).starts_with("slurm.");
  for (const Variables& variables : launchers) {
    const bool is_steps = is_step && std::string_view(variables.rank) == "PMIX_RANK";
    if (!is_steps && number(environment, variables.size)) {
      return variables;
    }
  }
  // the numbers of batch scripts and interactive steps are beyond those of an int
  if (number(environment, "SLURM_STEP_ID") && number(environment, slurm_step.size)) {
    return slurm_step;
  }
  return std::nullopt;
}

constexpr int tag = 21543;  // that no other program is likely to wait for
constexpr std::int64_t nobody = -1;

/// What goes up and down a binary tree of ranks. Messages from rank to rank, as a collective call could meet one of the
/// other program's.
struct Word {
  std::uint64_t command = 0;    ///< hash of the sender's
  std::int64_t other = nobody;  ///< a rank whose command is not that of the sender
};

/// The number of this program among those of the launcher is known to all but the first; Open MPI tells it, too.
bool may_be_one_of_several() {
  void* number = nullptr;
  int is_there = 0;
  AILOOP_MPI(MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_APPNUM, static_cast<void*>(&number), &is_there));
  if (is_there != 0 && *static_cast<int*>(number) > 0) {
    return true;
  }
  const char* programs = own_environment("OMPI_NUM_APP_CTX");
  return programs != nullptr && std::string_view(programs) != "1";
}

std::uint64_t hash_of_command(int argc, const char* const* argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--kokkos-")) {
      text += i == 0 ? std::filesystem::path(argument).filename().string() : std::string(argument);
      text += '\0';
    }
  }
  return std::hash<std::string>()(text);
}

void send(const Word& word, int rank) {
  // short enough to leave at once
  AILOOP_MPI(MPI_Send(&word, sizeof(word), MPI_BYTE, rank, tag, MPI_COMM_WORLD));
}

std::optional<Word> receive(int rank, double end_s) {
  for (int has_come = 0; has_come == 0;) {
    AILOOP_MPI(MPI_Iprobe(rank, tag, MPI_COMM_WORLD, &has_come, MPI_STATUS_IGNORE));
    if (has_come == 0 && MPI_Wtime() > end_s) {
      return std::nullopt;
    }
    sched_yield();
  }
  Word word;
  AILOOP_MPI(MPI_Recv(&word, sizeof(word), MPI_BYTE, rank, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  return word;
}

}  // namespace

const char* own_environment(const char* name) {
  return std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
}

Launcher launcher(const Environment& environment) {
  Launcher found;
  found.tasks_of_job = number(environment, "SLURM_NTASKS").value_or(1);
  if (const auto variables = nearest(environment)) {
    const bool has_size = variables->size != variables->rank;
    found.told_by = fmt::format("{}={}", variables->size, environment(variables->size));
    found.rank = number(environment, variables->rank).value_or(0);
    found.size = has_size ? *number(environment, variables->size) : found.rank + 1;
    found.sees_first = found.rank == (has_size ? 0 : 1);
  }
  return found;
}

std::string check_world(const Launcher& launcher, int world_size, const Environment& environment) {
  const char* allowed = environment(allow);
  if (allowed != nullptr && std::string_view(allowed) == "1") {
    return {};
  }
  if (launcher.size > world_size) {
    throw ConfigurationError(fmt::format(
        "environment: {}, but the MPI library joined {} of these processes: it does not understand what started "
        "them, and each world would do the whole run. What does, by MPI library (`ailoop --version` names it):\n"
        "  MPICH, Intel MPI  srun --mpi=pmi2, or its own mpiexec\n"
        "  Cray MPICH        srun --mpi=cray_shasta, or the mpiexec of PALS\n"
        "  Open MPI          srun --mpi=pmix where `srun --mpi=list` has it, or its own mpirun\n"
        "{}=1 allows runs side by side",
        launcher.told_by, world_size, allow));
  }
  if (launcher.tasks_of_job > world_size) {
    return fmt::format("the job has SLURM_NTASKS={} tasks, but this run only {} of them; {}=1 says that this is meant",
                       launcher.tasks_of_job, world_size, allow);
  }
  return {};
}

World meet_world(int argc, const char* const* argv) {
  int rank = 0;
  int size = 1;
  AILOOP_MPI(MPI_Comm_rank(MPI_COMM_WORLD, &rank));
  AILOOP_MPI(MPI_Comm_size(MPI_COMM_WORLD, &size));
  const double end_s = MPI_Wtime() + (may_be_one_of_several() ? 10.0 : 30.0);
  const int parent = (rank - 1) / 2;
  const std::array<int, 2> children = {2 * rank + 1, 2 * rank + 2};

  Word word{hash_of_command(argc, argv)};
  for (const int child : children) {
    if (child < size) {
      const auto of_child = receive(child, end_s);
      if (!of_child) {
        return {};
      }
      if (word.other == nobody) {
        word.other = of_child->command == word.command ? of_child->other : child;
      }
    }
  }
  if (rank > 0) {
    send(word, parent);
    const auto of_all = receive(parent, end_s);
    if (!of_all) {
      return {};
    }
    word = *of_all;
  }
  for (const int child : children) {
    if (child < size) {
      send(word, child);
    }
  }
  return {true, word.other == nobody ? std::nullopt : std::optional(static_cast<int>(word.other))};
}

}  // namespace ailoop
