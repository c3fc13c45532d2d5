#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/output/checkpoint_folder.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// What decides on the results of a run: a checkpoint holds it, and only a run of which it is the same may go on.
/// \param[in] samples              of a retraining, on all ranks
/// \param[in] initial_model_sha256 of the model that the run started from, if it did
[[nodiscard]] CheckpointFacts checkpoint_facts(const RunSettings& settings, std::int64_t samples,
                                               const std::optional<std::string>& initial_model_sha256);

/// Whether a run with the facts `now` may go on from a checkpoint of one with `then`.
/// \throws ConfigurationError that lists what differs
void require_same_run(const CheckpointFacts& then, const CheckpointFacts& now);

/// Those facts that need not be the same but promise the same bits: versions, compiler, processor. One line for each
/// that differs.
[[nodiscard]] std::vector<std::string> other_platform(const CheckpointFacts& then, const CheckpointFacts& now);

}  // namespace ailoop
