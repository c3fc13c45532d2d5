#include <ailoop/app/memory_check.hpp>

#include <ailoop/core/error.hpp>

#include <fmt/format.h>

namespace ailoop {

namespace {

constexpr double gigabyte = 1e9;

}  // namespace

RunMemory memory_of(const RunSizes& sizes) {
  const auto numbers = static_cast<double>(sizes.facts.dimension + sizes.facts.outputs);
  const auto outputs = static_cast<double>(sizes.facts.outputs);
  const auto samples = static_cast<double>(sizes.samples);
  const double number_bytes = sizes.surrogate.precision() == Precision::float32 ? 4.0 : 8.0;

  // points and truth in double, statuses, and rows in the surrogate's precision
  const double block = samples / sizes.ranks * (numbers * (8.0 + number_bytes) + 1.0);
  double model = block + samples * numbers * number_bytes;
  if (const auto* const linear = dynamic_cast<const LinearSurrogate*>(&sizes.surrogate)) {
    // features, targets and their order in training
    model += samples * ((static_cast<double>(linear->features()) + outputs) * number_bytes + 8.0);
  }
  // the pending queries with all that is known of each, once in the batch and once in the log
  const double queries = static_cast<double>(sizes.batch) * (2.0 * (numbers + 4.0 * outputs) + 16.0) * 8.0;
  return {model + queries, block + queries};
}

void require_memory(const RunMemory& memory, const NodeResources& node) {
  const double needed = memory.model_rank + (node.ranks - 1) * memory.other_rank;
  if (needed > node.memory_bytes) {
    throw ConfigurationError(fmt::format("needs {:.3g} GB of memory on the model rank's node, which has {:.3g} GB left",
                                         needed / gigabyte, node.memory_bytes / gigabyte));
  }
}

}  // namespace ailoop
