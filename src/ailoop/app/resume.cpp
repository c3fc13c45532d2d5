#include <ailoop/app/resume.hpp>

#include <ailoop/config/setting_values.hpp>
#include <ailoop/output/provenance.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/storage/text_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ailoop {

namespace {

constexpr std::string_view platform_prefix = "platform.";

// of the provenance: what computes, and not what merely starts it
constexpr std::array<std::string_view, 7> platform_keys = {"ailoop", "revision",  "compiler",       "flags",
                                                           "kokkos", "processor", "execution_space"};

/// `what was A, is B` for each fact that differs and for which `is_meant` holds; what is missing is none.
template <class Predicate>
std::vector<std::string> differences(const CheckpointFacts& then, const CheckpointFacts& now, Predicate is_meant) {
  CheckpointFacts all = then;
  all.insert(now.begin(), now.end());
  const auto value = [](const CheckpointFacts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? "none" : found->second;
  };
  std::vector<std::string> lines;
  for (const auto& [key, _] : all) {
    if (is_meant(key) && value(then, key) != value(now, key)) {
      lines.push_back(fmt::format("{} was {}, is {}", key, value(then, key), value(now, key)));
    }
  }
  return lines;
}

bool is_of_platform(const std::string& key) { return key.starts_with(platform_prefix); }

}  // namespace

CheckpointFacts checkpoint_facts(const RunSettings& settings, std::int64_t samples,
                                 const std::optional<std::string>& initial_model_sha256) {
  CheckpointFacts facts;
  // descriptions take what they describe as mutable, for readers; nothing is set here
  auto& described = const_cast<RunSettings&>(settings);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for (const auto& [path, setting] : SettingValues().of([&](Visitor& visitor) { describe(visitor, described); })) {
    if (setting.affects == Affects::result) {
      facts.emplace(path, plain_text(setting.value));
    }
  }
  facts.emplace("samples of a retraining", std::to_string(samples));
  if (initial_model_sha256) {
    facts.emplace("SHA-256 of surrogate.initial", *initial_model_sha256);
  }
  for (const auto& file : settings.queries.kind->inputs()) {
    facts.emplace("SHA-256 of " + file.string(), sha256_hex(read_file(file, std::uint64_t{1} << 34)));
  }
  for (const auto& [key, value] : provenance()) {
    if (std::ranges::find(platform_keys, key) != platform_keys.end()) {
      facts.emplace(std::string(platform_prefix) + key, value);
    }
  }
  return facts;
}

void require_same_run(const CheckpointFacts& then, const CheckpointFacts& now) {
  const auto lines = differences(then, now, [](const std::string& key) { return !is_of_platform(key); });
  if (!lines.empty()) {
    throw ConfigurationError(
        fmt::format("the checkpoint is of another run; with --resume nothing may differ that results depend on: {}",
                    fmt::join(lines, "; ")));
  }
}

std::vector<std::string> other_platform(const CheckpointFacts& then, const CheckpointFacts& now) {
  return differences(then, now, is_of_platform);
}

}  // namespace ailoop
