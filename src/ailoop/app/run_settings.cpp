// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/run_settings.hpp>

#include <ailoop/config/overrides.hpp>
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/storage/text_file.hpp>

#include <algorithm>

namespace ailoop {

namespace {

constexpr std::int64_t a_billion = 1'000'000'000;
constexpr std::uint64_t largest_input_file = std::uint64_t{1} << 36;  // 64 GiB

void describe_loop(Visitor& v, RunSettings& s) {
  v.field("tolerance", s.tolerance.absolute, one_or_list(at_least(0.0)), Affects::result,
          "how far an accepted answer may be off; a list has a number for each output [unit of y]");
  v.field("relative_tolerance", s.tolerance.relative, at_least(0.0), Affects::result,
          "what each unit of the truth adds to that; not both may be 0 [1]");
  v.kind("gate", s.gate, s.registries.gates, Affects::result, "how the surrogate's answer is judged");
  v.field("accepted", s.accepted, between(1, a_billion), Affects::extent,
          "answers after which the run has converged; without it all queries of a source that ends, else 5 [1]");
  v.field("on_exhausted", s.limits.on_exhausted,
          choices<OnExhausted>({{OnExhausted::stop, "stop", "the run gives up"},
                                {OnExhausted::truth, "truth", "the truth answers the query"}}),
          Affects::result,
          "what follows for a query when limits.retrainings_per_query or limits.retrainings is used up");
  v.field(
      "on_stagnation", s.on_stagnation,
      choices<OnStagnation>(
          {{OnStagnation::go_on, "continue", "the model is retrained until retrainings are used up"},
           {OnStagnation::set_aside, "set_aside",
            "as if they were used up; where the run would then give up, it goes on with other queries first"},
           {OnStagnation::stop, "stop", "the run gives up"}}),
      Affects::result,
      "what follows for queries that retraining cannot help, as the samples so far or a hundred retrainings in vain "
      "show; without it set_aside for least_squares with history: all, else continue");
  v.field("audit", s.audit, between(0, a_billion), Affects::execution,
          "the truth is computed at 1 of so many accepted answers, to tell how far off they are; 0: at none [1]");
}

void describe_limits(Visitor& v, RunSettings& s) {
  v.field("retrainings", s.limits.retrainings, between(0, a_billion), Affects::extent,
          "retrainings after which the run gives up [1]");
  v.field("retrainings_per_query", s.limits.retrainings_per_query, between(0, a_billion), Affects::extent,
          "retrainings for one query after which the run gives up [1]");
  v.field("checks", s.limits.checks, between(1, a_billion * 1000), Affects::extent,
          "checks after which the run gives up [1]");
  v.field("wall_seconds", s.limits.wall_seconds, at_least(0.0), Affects::execution,
          "time after which the run saves its state and stops, from the start of the program; 0: none [s]");
  v.field("memory_bytes", s.memory_bytes, between(0, a_billion * a_billion), Affects::execution,
          "most memory that the arrays of a rank may take, without LibTorch and MPI; a run that needs more is refused; "
          "0: what the node has left [B]");
}

void describe_ranks(Visitor& v, RunSettings& s) {
  v.field("layout", s.layout,
          choices<AskingRanks>(
              {{AskingRanks::automatic, "auto", "everywhere for batches of at least 256 queries a rank, else roles"},
               {AskingRanks::roles, "roles",
                "the model rank predicts and judges, approximation ranks approximate: for few queries at a time"},
               {AskingRanks::everywhere, "everywhere",
                "every rank holds a copy of the model and asks its part of each batch"}}),
          Affects::execution, "which ranks ask queries");
  v.field("approximation", s.approximation_ranks, between(1, 1'000'000), Affects::execution,
          "ranks that compute the approximation, beside the model rank [1]");
  v.field("ahead", s.ahead, between(0, 65'536), Affects::execution,
          "most queries whose approximation is computed ahead of need, where it is cheap; 0: none is [1]");
  v.field(
      "wait", s.wait,
      choices<RankWaiting>(
          {{RankWaiting::automatic, "auto", "spin where each rank of a node has a core to itself, else back_off"},
           {RankWaiting::spin, "spin", "poll without pause; sleep only where nothing comes for long in shared memory"},
           {RankWaiting::back_off, "back_off", "give the core away; sleep where nothing is to do for long"}}),
      Affects::execution, "how ranks wait for messages");
  v.field("shared_memory", s.shared_memory, any(), Affects::execution,
          "whether short messages between the model rank and others on its node go through memory that they share, "
          "not through MPI calls");
}

}  // namespace

void describe(Visitor& v, RunSettings& s) {
  v.field("schema", s.schema, between(1, 1), Affects::execution, "version of this set of keys", Presence::required);
  v.field("seed", s.seed, any(), Affects::result, "of all random numbers: queries, samples, the order in training");
  v.section("problem", "what is approximated",
            [&] { v.kind("name", s.problem, s.registries.problems, Affects::result, "truth and approximation"); });
  v.section("queries", "where answers are wanted", [&] {
    v.kind("source", s.queries, s.registries.queries, Affects::result, "where queries come from");
    v.field("batch", s.limits.batch, between(1, 10'000'000), Affects::result, "most queries of a check [1]");
  });
  v.section("loop", "when an answer is good enough", [&] { describe_loop(v, s); });
  v.section("limits", "when a run gives up", [&] { describe_limits(v, s); });
  v.section("sampling", "how much truth a retraining computes", [&] { describe(v, s.sampling); });
  v.section("surrogate", "the model", [&] {
    v.kind("type", s.surrogate, s.registries.surrogates, Affects::result, "which model");
    v.field("initial", s.initial_model, text(), Affects::result,
            "model file to start from, with the state of its optimizer; without it all parameters are zero");
    v.field("device", s.device,
            choices<UseOfDevice>(
                {{UseOfDevice::automatic, "auto",
                  "the device computes large batches, where there is one that problem, surrogate and gate can use"},
                 {UseOfDevice::host, "host", "the host computes everything"},
                 {UseOfDevice::device, "device", "the device computes every batch of more than one query"}}),
            Affects::execution,
            "where every rank checks its queries, samples are drawn and sums of least squares added up; retrainings by "
            "gradients are the host's");
  });
  v.section("training", "how the model learns",
            [&] { v.kind("trainer", s.trainer, s.registries.trainers, Affects::result, "which algorithm"); });
  v.section("ranks", "who does what", [&] { describe_ranks(v, s); });
  v.section("output", "what a run leaves behind", [&] {
    v.field(
        "directory", s.directory, text(), Affects::output,
        "folder of the run, relative to the working directory; without it runs/{config}-{n}, n the next free number");
    describe(v, s.recording);
    v.field("checkpoint_every", s.checkpoint_every, between(0, a_billion), Affects::execution,
            "retrainings from one checkpoint to the next; 0: only when the run ends [1]");
  });
}

KindChoice<TrainerKind> default_trainer(const TrainerRegistry& trainers) {
  if (trainers.find("least_squares") != nullptr) {
    return {.name = "least_squares"};
  }
  return {.advice = "the default, least_squares, needs Kokkos Kernels; build with it, or name the trainer"};
}

RunSettings read_run_settings(const ConfigurationSource& source, const Registries& registries) {
  Node root = load_yaml(source.text, source.file.string());
  for (const std::string& assignment : source.overrides) {
    root = with_override(root, assignment);
  }
  RunSettings settings{registries};
  read_settings(root, settings);
  settings.root = std::move(root);
  return settings;
}

std::int64_t RunSettings::answers_wanted(std::optional<std::int64_t> n_queries) const {
  constexpr std::int64_t of_an_endless_source = 5;  // of the original workflow
  const std::int64_t all = n_queries.value_or(accepted.value_or(of_an_endless_source));
  return std::min(accepted.value_or(all), all);
}

std::optional<std::string> RunSettings::folder() const {
  return directory ? std::optional(directory->expanded().string()) : std::nullopt;
}

std::map<std::string, PathSetting> paths_of(const RunSettings& settings) {
  std::map<std::string, PathSetting> paths;
  for (const auto& [key, setting] : setting_values(settings)) {
    if (const auto* path = std::get_if<PathSetting>(&setting.value)) {
      paths.emplace(key, *path);
    }
  }
  return paths;
}

UnusablePaths unusable_paths(const RunSettings& settings) {
  UnusablePaths errors;
  for (const auto& [key, path] : paths_of(settings)) {
    try {
      at_setting(settings, key, [&] { return path.expanded(); });
    } catch (const ConfigurationError& error) {
      errors.emplace(key, error);
    }
  }
  return errors;
}

Limits RunSettings::limits_of_run() const {
  const bool knows_reach = trainer.kind != nullptr && trainer.kind->knows_reach();
  Limits all = limits;
  all.on_stagnation = on_stagnation.value_or(knows_reach ? OnStagnation::set_aside : OnStagnation::go_on);
  return all;
}

ConfigurationError RunSettings::error_at(std::string_view path, std::string_view message) const {
  const Node* const node = root ? find_node(*root, path) : nullptr;
  if (node == nullptr) {
    return ConfigurationError(std::string(path) + ": " + std::string(message));
  }
  return ailoop::error_at(node->mark, path, message);
}

std::vector<SettingChange> differences(const SettingTexts& then, const SettingTexts& now) {
  SettingTexts all = then;
  all.insert(now.begin(), now.end());
  const auto value = [](const SettingTexts& texts, const std::string& key) {
    const auto found = texts.find(key);
    return found == texts.end() ? "none" : found->second;
  };
  std::vector<SettingChange> changes;
  for (const auto& [key, _] : all) {
    if (value(then, key) != value(now, key)) {
      changes.push_back({key, value(then, key), value(now, key)});
    }
  }
  return changes;
}

void require_same(const RunSettings& on_rank_0, const RunSettings& here, int rank) {
  const auto texts_of = [](const RunSettings& settings) {
    SettingTexts texts;
    for (const auto& [key, setting] : setting_values(settings)) {
      texts.emplace(key, plain_text(setting.value));
    }
    return texts;
  };
  for (const auto& [key, there, own, _] : differences(texts_of(on_rank_0), texts_of(here))) {
    throw here.error_at(key, own + " on rank " + std::to_string(rank) + ", " + there +
                                 " on rank 0; all ranks must have the same configuration");
  }
}

SettingTexts settings_affecting(const RunSettings& settings, Affects affects) {
  SettingTexts values;
  for (const auto& [key, setting] : setting_values(settings)) {
    if (setting.affects != affects) {
      continue;
    }
    if (const auto* const file = std::get_if<PathSetting>(&setting.value)) {
      values.emplace("SHA-256 of " + key, sha256_hex(read_file(file->expanded(), largest_input_file)));
    } else {
      values.emplace(key, plain_text(setting.value));
    }
  }
  return values;
}

std::string config_sha256(const SettingTexts& settings_of_result) {
  std::string text;
  for (const auto& [key, value] : settings_of_result) {
    text += key + ": " + value + "\n";
  }
  return sha256_hex(text);
}

}  // namespace ailoop
