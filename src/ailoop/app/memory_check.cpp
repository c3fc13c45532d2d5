#include <ailoop/app/memory_check.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/parallel/roles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>

namespace ailoop {

namespace {

constexpr double gigabyte = 1e9;
constexpr double of_double = 8.0;
constexpr double of_index = 8.0;
constexpr double of_judgement = 16.0;
/// A vector that grows number by number has up to twice the room it needs, and for a moment the old room as well.
constexpr double grown = 3.0;
/// A checkpoint as tensors, as the bytes of the file, and when it is read as its text.
constexpr double copies_of_checkpoint = 3.0;
/// Of answers.csv and run.jsonl.
constexpr double file_buffers = 2.0 * (1 << 20);

/// The sizes as numbers that cannot overflow.
struct Sizes {
  explicit Sizes(const RunSizes& sizes)
      : dimension(static_cast<double>(sizes.facts.dimension)),
        outputs(static_cast<double>(sizes.facts.outputs)),
        number(sizes.surrogate.precision() == Precision::float32 ? 4.0 : 8.0),
        samples(static_cast<double>(sizes.samples)),
        block(static_cast<double>(block_of(sizes.samples, sizes.ranks, 0).size())),
        work(block),
        batch(static_cast<double>(sizes.batch)),
        ahead(static_cast<double>(sizes.ahead)),
        // no more than a retraining draws are trained on, and no more than that and a batch are kept beside them
        kept(sizes.computes_truth_at_queries ? 2.0 * samples + batch : 0.0),
        trained(sizes.computes_truth_at_queries ? 2.0 * samples : samples),
        listed(static_cast<double>(sizes.listed)) {}

  [[nodiscard]] double point() const { return dimension + outputs; }

  double dimension, outputs, number, samples, block, work, batch, ahead, kept, trained, listed;
};

RankMemory samples_memory(const Sizes& s, bool is_model_rank) {
  RankMemory memory;
  // points, truth and statuses of the own block
  memory.samples = s.work * (s.point() * of_double + 1.0);
  if (!is_model_rank) {
    memory.samples += s.block * s.point() * s.number;
    return memory;
  }
  const double rows_and_copy = s.kept > 0.0 ? s.samples + s.trained : s.samples;
  memory.samples += rows_and_copy * s.point() * s.number;
  memory.samples += (grown + copies_of_checkpoint) * s.kept * s.point() * of_double;
  return memory;
}

/// Points and shares of a block of queries, on ranks that take part in checks.
double approximation_memory(const Sizes& s, std::int64_t shares) {
  return std::max(s.batch, s.ahead) * (s.dimension + static_cast<double>(shares) * s.outputs) * of_double;
}

/// The truth at a batch of queries, whose points are shared by all ranks.
double truth_memory(const Sizes& s, int ranks) {
  return s.kept > 0.0 ? std::ceil(s.batch / ranks) * (s.point() * of_double + 1.0) : 0.0;
}

double model_rank_queries(const Sizes& s, const RunSizes& sizes) {
  const double row = of_index + s.dimension * of_double + of_judgement + 5.0 * s.outputs * of_double + 2.0;
  const double received = 4.0 * s.ahead * s.outputs * of_double;  // two blocks, sums and bounds
  const double record = of_index + of_judgement + s.dimension * of_double + 4.0 * s.outputs * of_double + 5.0;
  const double log = std::max(s.batch, static_cast<double>(Loop::log_capacity)) * record +
                     static_cast<double>(Loop::log_capacity) * 3.0 * of_double;
  const double truth =
      s.kept > 0.0 ? s.batch * of_double * (grown * (1.0 + s.dimension) + s.outputs + (grown + 1.0) * s.point()) : 0.0;
  const double saved = s.batch * of_double * (2.0 + 2.0 * grown + 3.0 * s.outputs) +
                       copies_of_checkpoint * s.batch * of_double * (4.0 + 3.0 * s.outputs);
  const double listed = grown * s.listed * (s.dimension * of_double + of_index);
  return s.batch * row + received + approximation_memory(s, sizes.facts.shares) + truth_memory(s, sizes.ranks) + log +
         truth + saved + listed + file_buffers;
}

/// The largest number from 1 to `most` that fits, where all smaller ones do; 0 where none does.
std::int64_t largest_that_fits(std::int64_t most, const std::function<bool(std::int64_t)>& fits) {
  std::int64_t fitting = 0;
  std::int64_t too_many = most + 1;
  while (too_many - fitting > 1) {
    const std::int64_t middle = fitting + (too_many - fitting) / 2;
    (fits(middle) ? fitting : too_many) = middle;
  }
  return fitting;
}

}  // namespace

RunMemory memory_of(const RunSizes& sizes) {
  const Sizes s(sizes);
  RunMemory memory{samples_memory(s, true), samples_memory(s, false)};
  if (const auto* const linear = dynamic_cast<const LinearSurrogate*>(&sizes.surrogate)) {
    const double parameters = (static_cast<double>(linear->features()) + 1.0) * s.outputs * s.number;
    memory.other_rank.training = parameters;
    // with two moments each, the copy to go back to, and a checkpoint or model file
    memory.model_rank.training = (1.0 + 2.0 + 2.0 * grown + 3.0 * copies_of_checkpoint) * parameters;
  }
  const auto trained = static_cast<std::int64_t>(s.trained);
  memory.model_rank.training +=
      s.trained * of_index + sizes.trainer.work_bytes(sizes.surrogate, trained, sizes.facts.outputs);
  memory.model_rank.queries = model_rank_queries(s, sizes);
  memory.other_rank.queries =
      approximation_memory(s, sizes.most_shares) + truth_memory(s, sizes.ranks) + s.listed * s.dimension * of_double;
  return memory;
}

void require_memory(const RunMemory& memory, const NodeResources& node) {
  const double needed = memory.model_rank.total() + (node.ranks - 1) * memory.other_rank.total();
  if (needed > node.memory_bytes) {
    throw ConfigurationError(fmt::format("needs {:.3g} GB of memory on the model rank's node, which has {:.3g} GB left",
                                         needed / gigabyte, node.memory_bytes / gigabyte));
  }
}

void require_limit(const RunSizes& sizes, std::int64_t limit, bool per_rank) {
  if (limit == 0) {
    return;
  }
  const auto needed = [](const RunSizes& of) {
    const RunMemory memory = memory_of(of);
    return std::max(memory.model_rank.total(), memory.other_rank.total());
  };
  const auto allowed = static_cast<double>(limit);
  if (needed(sizes) <= allowed) {
    return;
  }
  const RankMemory model_rank = memory_of(sizes).model_rank;
  std::string message = fmt::format(
      "{} is too little: a rank's arrays take {:.0f} bytes (samples {}, training {}, "
      "queries {}); allowed is at least that",
      limit, std::ceil(needed(sizes)), bytes_text(model_rank.samples), bytes_text(model_rank.training),
      bytes_text(model_rank.queries));
  const int share = per_rank ? sizes.ranks : 1;
  const std::int64_t samples = largest_that_fits(sizes.samples / share, [&](std::int64_t of_each) {
    RunSizes fewer = sizes;
    fewer.samples = of_each * share;
    return needed(fewer) <= allowed;
  });
  if (samples > 0) {
    message += fmt::format(", or {} of at most {}", per_rank ? "sampling.per_rank" : "sampling.total", samples);
  }
  const std::int64_t batch = largest_that_fits(sizes.batch, [&](std::int64_t of_a_check) {
    RunSizes fewer = sizes;
    fewer.batch = of_a_check;
    return needed(fewer) <= allowed;
  });
  if (batch > 0) {
    message += fmt::format(", or queries.batch of at most {}", batch);
  }
  throw ConfigurationError(message);
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 4> units = {"B", "kB", "MB", "GB"};
  std::size_t unit = 0;
  for (; bytes >= 1000.0 && unit + 1 < units.size(); ++unit) {
    bytes /= 1000.0;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

}  // namespace ailoop
