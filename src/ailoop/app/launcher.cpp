#include <ailoop/app/launcher.hpp>

#include <ailoop/core/error.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
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

}  // namespace ailoop
