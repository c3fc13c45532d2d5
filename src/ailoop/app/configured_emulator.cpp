// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/configured_emulator.hpp>

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/configuration_file.hpp>
#include <ailoop/app/resume.hpp>
#include <ailoop/app/run_files.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <exception>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

namespace ailoop {

namespace {

constexpr const char* caller = "calls of evaluate";

/// `comm`, where all that the caller must have started is there. Looked at before anything else: what misses it ends
/// the process without a word of ours.
MPI_Comm checked(MPI_Comm comm) {
  detail::require_mpi("ConfiguredEmulator");
  AILOOP_REQUIRE(is_kokkos_initialized(), "ConfiguredEmulator: Kokkos must be initialized");
  AILOOP_REQUIRE(comm != MPI_COMM_NULL, "ConfiguredEmulator: a communicator is needed, not MPI_COMM_NULL");
  return comm;
}

}  // namespace

/// All that its header need not show.
class ConfiguredEmulator::Run {
 public:
  Run(MPI_Comm comm, const std::filesystem::path& config, Registries registries,
      const std::vector<std::string>& overrides);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  EvaluationReport evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
    if (!m_has_begun) {
      begin(FilesThere::refused, nullptr);
    }
    return m_assembly.emulator().evaluate(queries, y, verdicts);
  }
  void add_observer(RunObserver& observer) { m_observers.push_back(&observer); }
  void save(const std::filesystem::path& folder);
  void resume(const std::filesystem::path& folder);
  void finish();
  void save_model(const std::filesystem::path& path) const;
  [[nodiscard]] const Assembly& assembly() const noexcept { return m_assembly; }

 private:
  /// Takes the folder of the records, if there are to be some, and goes on from a state, if there is one.
  void begin(FilesThere files_there, const SafetensorsFile* saved);
  [[nodiscard]] CheckpointFacts facts() const;
  /// On the model rank: all that are told.
  [[nodiscard]] std::vector<RunObserver*> followers() const;

  Communicator m_comm;
  Registries m_registries;
  ConfigurationSource m_source;
  RunSettings m_settings;
  Assembly m_assembly;
  std::vector<RunObserver*> m_observers;
  std::unique_ptr<RunFiles> m_files;  // on the model rank, where records are wanted
  bool m_has_begun = false;
  bool m_has_finished = false;
  int m_exceptions;  // under way at construction
};

ConfiguredEmulator::Run::Run(MPI_Comm comm, const std::filesystem::path& config, Registries registries,
                             const std::vector<std::string>& overrides)
    : m_comm(checked(comm)),
      m_registries(std::move(registries)),
      m_source(shared_configuration(m_comm, config, overrides, m_registries)),
      m_settings(read_run_settings(m_source, m_registries)),
      m_assembly(m_comm, node_resources(m_comm), m_settings),
      m_exceptions(std::uncaught_exceptions()) {}

ConfiguredEmulator::Run::~Run() {
  if (std::uncaught_exceptions() != m_exceptions) {
    return;  // the other ranks may know nothing of it
  }
  try {
    finish();
  } catch (...) {  // NOLINT(bugprone-empty-catch): who wants to know calls it
  }
}

CheckpointFacts ConfiguredEmulator::Run::facts() const {
  CheckpointFacts facts =
      checkpoint_facts(m_settings, settings_affecting(m_settings, Affects::result), m_comm.size(), caller);
  facts.emplace("records", m_settings.directory ? "written" : "none");
  return facts;
}

void ConfiguredEmulator::Run::begin(FilesThere files_there, const SafetensorsFile* saved) {
  // no number of answers is announced: there may be any
  const Recording recording =
      decided(m_settings.recording, m_assembly.problem().facts(), std::numeric_limits<std::int64_t>::max());
  const bool is_recorded = m_settings.directory.has_value();
  const bool goes_on = files_there == FilesThere::kept;
  agreed(m_comm, "records", [&] {
    if (m_settings.recording.answers == AnswersFormat::safetensors) {
      throw m_settings.error_at("output.answers",
                                "safetensors has no effect in a simulation, which gets the answers; "
                                "allowed are auto, csv and none");
    }
    if (m_comm.rank() == RoleLayout::model_rank && is_recorded) {
      auto of_result = settings_affecting(m_settings, Affects::result);
      of_result.emplace(saved_by, caller);  // no run of the command has this hash
      m_files = std::make_unique<RunFiles>(files_there, m_source.file, m_settings);
      m_files->open(m_assembly, recording,
                    {.ranks = m_comm.size(),
                     .threads = concurrency(Execution::host_threads),
                     .config_sha256 = config_sha256(of_result)},
                    goes_on);
    }
  });
  int has_observers = m_observers.empty() ? 0 : 1;  // of the caller's, who may have added them on one rank alone
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &has_observers, 1, MPI_INT, MPI_MAX, m_comm.get()));
  if (is_recorded || has_observers != 0) {
    m_assembly.emulator().follow(followers(), has_observers != 0 ? KeptChecks::all : recording.kept());
  }
  if (goes_on) {
    m_assembly.emulator().go_on_from(saved);
  }
  agreed(m_comm, "records", [&] {
    if (m_files) {
      m_files->write_configuration(m_settings);
    }
  });
  m_has_begun = true;
}

std::vector<RunObserver*> ConfiguredEmulator::Run::followers() const {
  std::vector<RunObserver*> all;
  if (m_comm.rank() == RoleLayout::model_rank) {
    all = m_observers;
  }
  if (m_files) {
    const std::vector<RunObserver*> files = m_files->observers();
    all.insert(all.end(), files.begin(), files.end());
  }
  return all;
}

void ConfiguredEmulator::Run::save(const std::filesystem::path& folder) {
  detail::require_mpi("ConfiguredEmulator::save");
  if (!m_has_begun) {
    begin(FilesThere::refused, nullptr);
  }
  const SafetensorsFile state = m_assembly.emulator().saved();
  agreed_on_rank_0(m_comm, "saving", [&] {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
      throw InputOutputError(folder.string() + ": cannot be created: " + error.message());
    }
    CheckpointFolder checkpoints(folder / RunFolder::checkpoints_name);
    if (const auto there = checkpoints.find().newest) {
      require_same_run(there->facts, facts());
    }
    checkpoints.write(facts(), {state, std::nullopt});
  });
}

void ConfiguredEmulator::Run::resume(const std::filesystem::path& folder) {
  detail::require_mpi("ConfiguredEmulator::resume");
  AILOOP_REQUIRE(!m_has_begun, "ConfiguredEmulator::resume: before the first call of evaluate");
  std::optional<Checkpoint> found;
  agreed_on_rank_0(m_comm, "resuming", [&] {
    found = CheckpointFolder(folder / RunFolder::checkpoints_name).find().newest;
    if (!found) {
      throw ConfigurationError(folder.string() + " holds no usable checkpoint");
    }
    require_same_run(found->facts, facts());
  });
  begin(FilesThere::kept, found ? &found->state.now : nullptr);
}

void ConfiguredEmulator::Run::finish() {
  if (m_has_finished || !m_has_begun) {
    return;
  }
  m_has_finished = true;
  const Outcome outcome = m_assembly.emulator().outcome();
  agreed(m_comm, "writing the results", [&] {
    for (RunObserver* observer : followers()) {
      observer->ended(outcome);
    }
  });
}

void ConfiguredEmulator::Run::save_model(const std::filesystem::path& path) const {
  detail::require_mpi("ConfiguredEmulator::save_model");
  agreed_on_rank_0(m_comm, "saving the model", [&] { ailoop::save_model(path, m_assembly.model()); });
}

ConfiguredEmulator::ConfiguredEmulator(MPI_Comm comm, const std::filesystem::path& config, Registries registries,
                                       const std::vector<std::string>& overrides)
    : m_run(std::make_unique<Run>(comm, config, std::move(registries), overrides)) {}

ConfiguredEmulator::~ConfiguredEmulator() = default;

EvaluationReport ConfiguredEmulator::evaluate(ConstArray queries, Array y, std::span<Verdict> verdicts) {
  return m_run->evaluate(queries, y, verdicts);
}

void ConfiguredEmulator::add_observer(RunObserver& observer) { m_run->add_observer(observer); }
void ConfiguredEmulator::save(const std::filesystem::path& folder) { m_run->save(folder); }
void ConfiguredEmulator::resume(const std::filesystem::path& folder) { m_run->resume(folder); }
void ConfiguredEmulator::finish() { m_run->finish(); }
void ConfiguredEmulator::save_model(const std::filesystem::path& path) const { m_run->save_model(path); }

const Problem& ConfiguredEmulator::problem() const noexcept { return m_run->assembly().problem(); }
const Gate& ConfiguredEmulator::gate() const noexcept { return m_run->assembly().emulator().gate(); }
const EmulatorSettings& ConfiguredEmulator::settings() const noexcept {
  return m_run->assembly().emulator().settings();
}

}  // namespace ailoop
