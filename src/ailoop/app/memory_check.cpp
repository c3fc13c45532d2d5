// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/app/memory_check.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/vector_growth.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/loop/approximation_stream.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/output/answer_parts.hpp>
#include <ailoop/output/checkpoint_folder.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/sampling/placement.hpp>
#include <ailoop/sampling/shared_truth.hpp>
#include <ailoop/storage/append_file.hpp>
#include <ailoop/training/model_snapshot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <ranges>
#include <utility>

namespace ailoop {

namespace {

constexpr double gigabyte = 1e9;

bool with_bound(const RunSizes& s) { return s.parts.gate->needs().bound; }
/// Which is kept for the next retraining.
bool computes_truth_at_queries(const RunSizes& s) {
  return with_bound(s) || s.settings.limits.on_exhausted == OnExhausted::truth;
}
/// Most truths at queries that are kept for a retraining, and most samples that one trains on with them.
std::int64_t kept(const RunSizes& s) {
  return computes_truth_at_queries(s) ? Emulator::most_kept(s.samples, s.batch) : 0;
}
std::int64_t trained(const RunSizes& s) { return computes_truth_at_queries(s) ? 2 * s.samples : s.samples; }
const Facts& facts(const RunSizes& s) { return s.parts.problem->facts(); }
const TrainerKind& trainer(const RunSizes& s) { return *s.settings.trainer.kind; }

/// Samples of a block where all ranks train, else 0.
std::int64_t shared_block(const RunSizes& s) { return trainer(s).shared_block(*s.parts.surrogate, s.samples); }

/// Of all that a checkpoint holds and that grows with the settings.
double state_bytes(const RunSizes& s) {
  const auto [dimension, outputs] = std::pair(facts(s).dimension, facts(s).outputs);
  const auto kept_numbers = static_cast<double>(kept(s)) * static_cast<double>(dimension + outputs);
  double bytes = parameter_bytes(*s.parts.surrogate) + trainer(s).state_bytes(*s.parts.surrogate) +
                 QueryTable::packed_bytes(s.batch, dimension, outputs) + kept_numbers * sizeof(double);
  if (s.keeps_answers) {
    bytes += AnswerParts::packed_bytes(AnswerParts::part_size + s.batch, facts(s));
  }
  return bytes;
}

double samples_bytes(const RunSizes& s, bool is_model_rank) {
  const auto [dimension, outputs] = std::pair(facts(s).dimension, facts(s).outputs);
  const Precision precision = s.parts.surrogate->precision();
  const int threads = concurrency(Execution::host_threads);
  double bytes = 0.0;
  if (const std::int64_t block = shared_block(s); block > 0) {
    bytes = AllRanksPlacement::bytes(precision, trained(s), s.ranks, block, dimension, outputs, threads);
    // dealt out again in each epoch: received, and kept in their order, which is kept, too
    const std::int64_t dealt = trainer(s).most_dealt(trained(s), s.ranks);
    bytes +=
        SampleSet::bytes(precision, 2 * dealt, dimension, outputs) + static_cast<double>(dealt) * sizeof(std::int64_t);
  } else {
    const std::int64_t rows = is_model_rank ? s.samples : block_of(s.samples, s.ranks, 0).size();
    bytes = ModelRankPlacement::bytes(precision, rows, dimension, outputs, threads);
  }
  if (is_model_rank && computes_truth_at_queries(s)) {
    bytes += SampleSet::bytes(precision, trained(s), dimension, outputs);  // into which the drawn ones are copied
    bytes += Emulator::kept_bytes(kept(s), s.batch, dimension, outputs);
  }
  return bytes;
}

double training_bytes(const RunSizes& s, bool is_model_rank) {
  const double parameters = parameter_bytes(*s.parts.surrogate);
  if (!is_model_rank) {
    return parameters + (shared_block(s) > 0 ? trainer(s).bytes(*s.parts.surrogate, trained(s)) : 0.0);
  }
  const double model = parameters + trainer(s).state_bytes(*s.parts.surrogate);
  return parameters + trainer(s).bytes(*s.parts.surrogate, trained(s)) + ModelSnapshot::bytes(model);
}

/// Queries that a rank asks at once.
std::int64_t asked(const RunSizes& s) { return s.everywhere ? block_of(s.batch, s.ranks, 0).size() : s.batch; }

/// Of a rank that asks: what it knows of its queries, what it asks the truth of and what that answers.
double asking_bytes(const RunSizes& s) {
  const auto [dimension, outputs] = std::pair(facts(s).dimension, facts(s).outputs);
  // those of a check, and behind them those that it left open
  double bytes = QueryTable::grown_bytes(std::max(Loop::log_capacity, 2 * asked(s)), dimension, outputs);
  if (s.everywhere) {  // of other threads, until it is brought together
    bytes += (concurrency(Execution::host_threads) - 1) *
             QueryTable::grown_bytes(std::min(asked(s), Loop::round_of_thread), dimension, outputs);
  }
  if (computes_truth_at_queries(s)) {
    const auto point = vector_growth * static_cast<double>(1 + dimension) + static_cast<double>(outputs);
    bytes += static_cast<double>(asked(s)) * point * sizeof(double);
  }
  if (s.keeps_answers) {
    bytes += AnswerParts::bytes(AnswerParts::part_size / (s.everywhere ? s.ranks : 1) + 2 * asked(s), facts(s));
  }
  return bytes;
}

double queries_bytes(const RunSizes& s, bool is_model_rank) {
  const auto [dimension, outputs] = std::pair(facts(s).dimension, facts(s).outputs);
  double bytes = is_model_rank || s.everywhere ? asking_bytes(s) : 0.0;
  if (!s.everywhere) {
    const StreamLimits limits{.batch = s.batch, .ahead = s.settings.ahead, .queries = {}, .with_bound = with_bound(s)};
    bytes +=
        ApproximationStream::bytes(limits, facts(s), is_model_rank ? facts(s).shares : s.most_shares, is_model_rank);
  }
  if (computes_truth_at_queries(s)) {
    const std::int64_t brought = is_model_rank || s.everywhere ? asked(s) : 0;
    bytes += SharedTruth::bytes(brought, block_of(s.batch, s.ranks, 0).size(), dimension, outputs);
  }
  if (!is_model_rank) {
    return bytes + ListedQueries::bytes(s.listed, dimension);
  }
  if (s.everywhere && s.ranks > 1) {  // gathered for observers and checkpoints
    bytes += QueryTable::packed_bytes(s.batch, dimension, outputs) + QueryTable::bytes(s.batch, dimension, outputs);
  }
  constexpr double files = 2.0;  // answers and log
  return bytes + ListedQueries::reading_bytes(s.listed, dimension) + files * AppendFile::bytes();
}

/// The largest number from 1 to `most` that fits, where all smaller ones do; 0 where none does.
std::int64_t largest_that_fits(std::int64_t most, const std::function<bool(std::int64_t)>& fits) {
  return *std::ranges::partition_point(std::views::iota(std::int64_t{1}, most + 1), fits) - 1;
}

}  // namespace

RunMemory memory_of(const RunSizes& sizes) {
  const auto of_rank = [&](bool is_model_rank) {
    return RankMemory{samples_bytes(sizes, is_model_rank), training_bytes(sizes, is_model_rank),
                      queries_bytes(sizes, is_model_rank)};
  };
  RunMemory memory{of_rank(true), of_rank(false)};
  memory.model_rank.queries += CheckpointFolder::bytes(state_bytes(sizes));
  return memory;
}

void require_memory(const RunMemory& memory, const NodeResources& node) {
  const double needed = memory.model_rank.total() + (node.ranks - 1) * memory.other_rank.total();
  if (needed > node.memory_bytes) {
    throw ConfigurationError(fmt::format("needs {:.3g} GB of memory on the model rank's node, which has {:.3g} GB left",
                                         needed / gigabyte, node.memory_bytes / gigabyte));
  }
}

void require_limit(const RunSizes& sizes) {
  const std::int64_t limit = sizes.settings.memory_bytes;
  const bool per_rank = !sizes.settings.sampling.total;
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
