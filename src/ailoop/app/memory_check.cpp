#include <ailoop/app/memory_check.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/loop/controller.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ailoop {

namespace {

constexpr double gigabyte = 1e9;
constexpr auto checks_of_log = static_cast<double>(Controller::log_capacity);

}  // namespace

RunMemory memory_of(const RunSizes& sizes) {
  const auto dimension = static_cast<double>(sizes.facts.dimension);
  const auto outputs = static_cast<double>(sizes.facts.outputs);
  const auto samples = static_cast<double>(sizes.samples);
  const auto batch = static_cast<double>(sizes.batch);
  const double number_bytes = sizes.surrogate.precision() == Precision::float32 ? 4.0 : 8.0;

  // points and truth in double, statuses, and rows in the surrogate's precision
  const double block = samples / sizes.ranks * ((dimension + outputs) * (8.0 + number_bytes) + 1.0);
  double model_rank = block;
  double parameters = 0.0;
  if (const auto* const linear = dynamic_cast<const LinearSurrogate*>(&sizes.surrogate)) {
    const auto features = static_cast<double>(linear->features());
    parameters = (features + 1.0) * outputs * number_bytes;
    // features, targets and their order in training, of drawn samples and as many queries
    model_rank += 2.0 * samples * ((features + outputs) * number_bytes + 8.0);
  }
  // drawn samples and queries whose truth is known; parameters, two moments, a copy to go back to
  model_rank += 2.0 * samples * (dimension + outputs) * (number_bytes + 8.0) + 6.0 * parameters;
  // a batch with all that is known of it, the shares of its approximation, and the log
  const double of_batch = batch * (dimension + 8.0 * outputs + 8.0) * 8.0;
  const double shares = batch * outputs * static_cast<double>(sizes.facts.shares) * 8.0;
  const double log = std::max(batch, checks_of_log) * (dimension + 4.0 * outputs + 8.0) * 8.0;
  return {model_rank + of_batch + shares + log, block + parameters + of_batch + shares};
}

void require_memory(const RunMemory& memory, const NodeResources& node) {
  const double needed = memory.model_rank + (node.ranks - 1) * memory.other_rank;
  if (needed > node.memory_bytes) {
    throw ConfigurationError(fmt::format("needs {:.3g} GB of memory on the model rank's node, which has {:.3g} GB left",
                                         needed / gigabyte, node.memory_bytes / gigabyte));
  }
}

}  // namespace ailoop
