// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/output/run_folder.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// The fact that says what wrote a checkpoint; nothing else can go on from it.
inline constexpr const char* saved_by = "saved by";

/// What a checkpoint says of its run: all that decides on the results, how far it was to go, what computed it, and what
/// wrote it.
/// \param[in] of_result `settings_affecting(settings, Affects::result)`
/// \param[in] writer    the value of `saved_by`
[[nodiscard]] CheckpointFacts checkpoint_facts(const RunSettings& settings, CheckpointFacts of_result, int ranks,
                                               const std::string& writer);

/// Whether a run with the facts `now` may go on from a checkpoint of one with `then`.
/// \throws ConfigurationError that lists what differs
void require_same_run(const CheckpointFacts& then, const CheckpointFacts& now);

/// Settings that may change at a resume and then change what queries are answered: whether failures are skipped, and,
/// where the truth answers what they leave open, the limits of retrainings.
[[nodiscard]] std::vector<SettingChange> changes_of_answers(const CheckpointFacts& then, const CheckpointFacts& now);

/// What else computes now than then, a line each; last bits may differ.
[[nodiscard]] std::vector<std::string> changes_of_platform(const CheckpointFacts& then, const CheckpointFacts& now);

}  // namespace ailoop
