// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/registries.hpp>
#include <ailoop/config/node.hpp>
#include <ailoop/config/visitor.hpp>
#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/next_action.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/recording.hpp>
#include <ailoop/sampling/sampling_settings.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// How ranks wait for messages; `automatic` decides by the number of ranks and cores of the node.
enum class RankWaiting { automatic, spin, back_off };

/// Which ranks ask queries: the model rank, to which others bring the approximation, or every rank its part of a batch;
/// `automatic` decides by the size of batches and the number of ranks.
enum class AskingRanks { automatic, roles, everywhere };

/// Where large batches are computed; `automatic`: on the device, where there is one that problem, surrogate and gate
/// can use.
enum class UseOfDevice { automatic, host, device };

/// least_squares where the build has it; else none: then a configuration must name its trainer.
[[nodiscard]] KindChoice<TrainerKind> default_trainer(const TrainerRegistry& trainers);

/// The whole configuration of a run; its initialisers are the defaults.
struct RunSettings {
  const Registries& registries;  ///< what `problem.name` and the like can choose from

  std::int64_t schema = 1;
  std::uint64_t seed = 42;
  KindChoice<ProblemKind> problem;
  KindChoice<QueryKind> queries{"uniform", nullptr};
  Tolerance tolerance;
  KindChoice<GateKind> gate{"difference", nullptr};
  std::optional<std::int64_t> accepted;  ///< answers wanted; see answers_wanted
  Limits limits;
  std::optional<OnStagnation> on_stagnation;  ///< as given; see limits_of_run
  std::int64_t audit = 0;                     ///< 1 of so many accepted answers is compared with the truth; 0: none
  std::int64_t memory_bytes = 0;              ///< most that the arrays of a rank may take; 0: what its node has left
  SamplingSettings sampling;
  KindChoice<SurrogateKind> surrogate{"polynomial", nullptr};
  std::optional<PathSetting> initial_model;
  UseOfDevice device = UseOfDevice::automatic;
  KindChoice<TrainerKind> trainer = default_trainer(registries.trainers);
  AskingRanks layout = AskingRanks::automatic;
  std::int64_t approximation_ranks = 4;
  std::int64_t ahead = 256;  ///< queries whose approximation is computed ahead of need
  RankWaiting wait = RankWaiting::automatic;
  bool shared_memory = true;  ///< whether messages within a node go through it
  std::optional<PathSetting> directory;
  Recording recording{RecordedChecks::automatic, AnswersFormat::automatic};
  std::int64_t checkpoint_every = 0;

  std::optional<Node> root;  ///< what the settings were read from

  /// Answers after which a run has converged: as asked for, or else all of a source with that many queries, or else 5.
  [[nodiscard]] std::int64_t answers_wanted(std::optional<std::int64_t> n_queries) const;

  /// Folder of the run, where the configuration names it. \throws ConfigurationError if a variable in it is not set
  [[nodiscard]] std::optional<std::string> folder() const;

  /// The limits, with what follows for queries that retraining cannot help: as asked for, or else what suits the
  /// trainer.
  [[nodiscard]] Limits limits_of_run() const;

  /// Error about one setting, with the place where it stands.
  [[nodiscard]] ConfigurationError error_at(std::string_view path, std::string_view message) const;
};

/// The one description of all settings.
void describe(Visitor& v, RunSettings& settings);

/// A configuration with how it was given.
struct ConfigurationSource {
  std::filesystem::path file;          ///< as the user named it, or where it was found
  std::string text;                    ///< content of the file
  std::vector<std::string> overrides;  ///< KEY=VALUE, applied in this order
};

/// The setting that names the folder of the run; every other path is that of an input file.
inline constexpr const char* folder_key = "output.directory";

/// The settings that hold a path.
[[nodiscard]] std::map<std::string, PathSetting> paths_of(const RunSettings& settings);

/// By the setting that holds it, what is to be said of a path that cannot be used here: an environment variable in it
/// is not set.
using UnusablePaths = std::map<std::string, ConfigurationError>;
[[nodiscard]] UnusablePaths unusable_paths(const RunSettings& settings);

/// \throws ConfigurationError with the place, what was found and what is allowed
[[nodiscard]] RunSettings read_run_settings(const ConfigurationSource& source, const Registries& registries);

/// Settings, or what else says which run it is, as text by their keys.
using SettingTexts = std::map<std::string, std::string>;

/// All that differs; what is missing is none.
[[nodiscard]] std::vector<SettingChange> differences(const SettingTexts& then, const SettingTexts& now);

/// \throws ConfigurationError that names the first setting of `here`, on that rank, which is not as on rank 0
void require_same(const RunSettings& on_rank_0, const RunSettings& here, int rank);

/// Result of `work`; what it says of a wrong configuration gets the setting it is about, and where that stands: `path`,
/// or another one of its section that a SettingError names.
template <class Work>
decltype(auto) at_setting(const RunSettings& settings, std::string_view path, Work&& work) {
  try {
    return work();
  } catch (const SettingError& error) {
    throw settings.error_at(std::string(path.substr(0, path.rfind('.') + 1)) + error.key(), error.what());
  } catch (const ConfigurationError& error) {
    throw settings.error_at(path, error.what());
  }
}

/// The settings that affect that, by key; of a file that the run reads the SHA-256 of its content, wherever it lies.
/// \throws InputOutputError if a file cannot be read
[[nodiscard]] SettingTexts settings_affecting(const RunSettings& settings, Affects affects);

/// SHA-256 of `settings_affecting(settings, Affects::result)`, which reads files and is asked for once.
[[nodiscard]] std::string config_sha256(const SettingTexts& settings_of_result);

}  // namespace ailoop
