// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/resume.hpp>

#include <ailoop/output/provenance.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace ailoop {

namespace {

constexpr std::string_view platform_prefix = "platform.";
constexpr std::string_view extent_prefix = "extent.";

// of the provenance: what computes, and not what merely starts it
constexpr std::array<std::string_view, 8> platform_keys = {"ailoop", "revision",  "compiler",        "flags",
                                                           "kokkos", "processor", "execution_space", "libtorch"};

/// What differs among the facts for which `is_meant` holds.
template <class Predicate>
std::vector<SettingChange> differences(const CheckpointFacts& then, const CheckpointFacts& now, Predicate is_meant) {
  std::vector<SettingChange> changes = ailoop::differences(then, now);
  std::erase_if(changes, [&](const SettingChange& change) { return !is_meant(change.setting); });
  return changes;
}

std::string line_of(const SettingChange& change) {
  return fmt::format("{} was {}, is {}", change.setting, change.was, change.is);
}

bool is_of_platform(const std::string& key) { return key.starts_with(platform_prefix); }
bool is_of_extent(const std::string& key) { return key.starts_with(extent_prefix); }

}  // namespace

CheckpointFacts checkpoint_facts(const RunSettings& settings, CheckpointFacts of_result, int ranks,
                                 const std::string& writer) {
  CheckpointFacts facts = std::move(of_result);
  facts.emplace(saved_by, writer);
  facts.emplace("samples of a retraining", std::to_string(settings.sampling.samples(ranks)));
  for (const auto& [key, value] : settings_affecting(settings, Affects::extent)) {
    facts.emplace(std::string(extent_prefix) + key, value);
  }
  for (const auto& [key, value] : provenance()) {
    if (std::ranges::find(platform_keys, key) != platform_keys.end()) {
      facts.emplace(std::string(platform_prefix) + key, value);
    }
  }
  return facts;
}

void require_same_run(const CheckpointFacts& then, const CheckpointFacts& now) {
  const auto writer = then.find(saved_by);
  const std::string& reader = now.at(saved_by);
  if (writer == then.end() || writer->second != reader) {
    throw ConfigurationError(fmt::format("the checkpoint was saved by {}; {} cannot go on from it",
                                         writer == then.end() ? "something else" : writer->second, reader));
  }
  const auto changes =
      differences(then, now, [](const std::string& key) { return !is_of_platform(key) && !is_of_extent(key); });
  if (!changes.empty()) {
    std::vector<std::string> lines(changes.size());
    std::ranges::transform(changes, lines.begin(), line_of);
    throw ConfigurationError(
        fmt::format("the checkpoint is of another run; where one goes on nothing may differ that results depend on: {}",
                    fmt::join(lines, "; ")));
  }
}

std::vector<SettingChange> changes_of_answers(const CheckpointFacts& then, const CheckpointFacts& now) {
  const auto on_exhausted = now.find("loop.on_exhausted");
  const bool truth_answers = on_exhausted != now.end() && on_exhausted->second == "truth";
  std::vector<SettingChange> changes = differences(then, now, [&](const std::string& key) {
    return key == "extent.sampling.on_failure" || (truth_answers && key.starts_with("extent.limits.retrainings"));
  });
  for (SettingChange& change : changes) {
    change.setting.erase(0, extent_prefix.size());
  }
  return changes;
}

std::vector<std::string> changes_of_platform(const CheckpointFacts& then, const CheckpointFacts& now) {
  std::vector<std::string> lines;
  std::ranges::transform(differences(then, now, is_of_platform), std::back_inserter(lines), line_of);
  return lines;
}

}  // namespace ailoop
