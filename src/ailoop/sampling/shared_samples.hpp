// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/function_ref.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/sampling/sample_set.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

class Communicator;

/// Samples that are trained on together: on one rank, or in whole blocks on several. The samples of all ranks have
/// positions 0 ... count - 1, in the order of their indices; block b holds the positions from b * block on, and rank r
/// the blocks block_of(blocks, ranks, r).
struct SharedSamples {
  /// Samples of a block whose gradient is added up by one rank.
  static constexpr std::int64_t gradient_block = 256;

  /// All samples are here, and no other rank trains.
  // NOLINTNEXTLINE(google-explicit-constructor): as a set is given where one is expected
  SharedSamples(const SampleSet& all) : here(all), count(all.count()) {}
  /// \param[in] on_this_rank those of its blocks
  /// \param[in] ranks        must outlive this object
  SharedSamples(const SampleSet& on_this_rank, const Communicator& ranks, std::int64_t count_of_all,
                std::int64_t block_points)
      : here(on_this_rank), comm(&ranks), count(count_of_all), block(block_points) {}

  [[nodiscard]] std::int64_t blocks() const { return (count + block - 1) / block; }

  /// Sums over all samples: blocks are added up, then their sums, with the same bits however many ranks have them.
  /// Collective.
  /// \param[in]  of_block adds the rows of a block to numbers that are 0 at first
  /// \param[out] sums     NaN, all of them, where a number of a block is not finite
  /// \throws AgreedError on all ranks if `of_block` threw on one
  void sum(FunctionRef<void(IndexRange rows, std::span<double> numbers)> of_block, std::span<double> sums) const;

  const SampleSet& here;
  const Communicator* comm = nullptr;  ///< whose ranks share the samples; null: all of them are here
  std::int64_t count = 0;              ///< on all ranks
  std::int64_t block = gradient_block;
};

/// Which rank has which positions: rank r those of range r, and rank 0, behind its own, those of the range behind all.
struct SampleHomes {
  std::vector<std::int64_t> starts;  ///< of each range, and behind the last one the number of all positions

  /// Where whole blocks are dealt out to ranks.
  [[nodiscard]] static SampleHomes of_blocks(const SharedSamples& samples);
};

/// Brings samples to the ranks that train on them next. Work arrays are kept from call to call.
class SampleDealer {
 public:
  /// Positions in a new order, cut into batches, which are cut into blocks; rank r of the communicator gets the blocks
  /// block_of(blocks of the batch, ranks, r), and rank 0 a batch of one block.
  struct Order {
    std::span<const std::int64_t> positions;  ///< empty: as they are
    std::int64_t count = 0;
    std::int64_t batch = 1;
    std::int64_t block = SharedSamples::gradient_block;
  };

  /// The rows of a batch of so many that a rank gets, counted in the batch.
  [[nodiscard]] static IndexRange rows_of(std::int64_t batch, std::int64_t block, std::int64_t ranks,
                                          std::int64_t rank);

  /// Collective.
  /// \param[in]  from samples of this rank, as `homes` say
  /// \param[out] to   those of its blocks, one batch behind the other
  void deal(const Communicator& comm, const SampleSet& from, const SampleHomes& homes, const Order& order,
            SampleSet& to);

 private:
  std::vector<std::int64_t> m_places;  // in the order, whose samples are here
  std::vector<std::byte> m_sent;
  std::vector<std::byte> m_received;
};

}  // namespace ailoop
