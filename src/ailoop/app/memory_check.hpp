// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/model_parts.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/parallel/node_resources.hpp>

#include <cstdint>
#include <string>

namespace ailoop {

/// What the arrays of a run depend on.
struct RunSizes {
  const RunSettings& settings;
  const ModelParts& parts;
  int ranks = 1;
  bool everywhere = false;       ///< whether every rank asks
  std::int64_t most_shares = 1;  ///< of the approximation, on one rank
  std::int64_t samples = 1;      ///< of a retraining, all ranks together
  std::int64_t batch = 1;        ///< queries of a check
  std::int64_t listed = 0;       ///< queries that each rank holds
  bool keeps_answers = false;    ///< until a part of them is written
};

/// Bytes of a rank's arrays at the moment when they are most.
struct RankMemory {
  double samples = 0.0;   ///< drawn ones, with the work space of drawing, and queries whose truth is kept
  double training = 0.0;  ///< parameters, optimizer, features, order, and copies of these
  double queries = 0.0;   ///< batch, log, listed queries and the buffers of files

  [[nodiscard]] double total() const { return samples + training + queries; }
};

/// Of the model rank, and of each other rank.
struct RunMemory {
  RankMemory model_rank;
  RankMemory other_rank;
};

/// Upper bounds, the sums of what each class says of itself: every array that grows with the settings, where it has to
/// be copied to grow with its copy, and what a checkpoint takes. Not MPI, Kokkos, LibTorch, nor what a problem
/// allocates itself.
[[nodiscard]] RunMemory memory_of(const RunSizes& sizes);

/// Whether the arrays fit into what the model rank's node has left.
/// \throws ConfigurationError that says how much would be needed and how much there is
void require_memory(const RunMemory& memory, const NodeResources& node);

/// Whether the arrays of each rank fit into `limits.memory_bytes`.
/// \throws ConfigurationError that says how much is needed, and what would fit
void require_limit(const RunSizes& sizes);

/// E.g. `1.25 MB`.
[[nodiscard]] std::string bytes_text(double bytes);

}  // namespace ailoop
