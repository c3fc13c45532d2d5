// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/function_ref.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// The largest of each number on any rank; infinite where one is NaN. Collective.
void find_largest(const Communicator& comm, std::span<double> numbers);

/// Sums of numbers over blocks that lie on several ranks: the same bits however blocks are dealt out to ranks, since
/// they are added up as integers, in fixed point. Each sum has a scale, a power of two, and one message, MPI_SUM of
/// 64-bit integers, brings all of them everywhere.
///
/// A block's number is kept to 2^-b of its scale, with b = 62 - ceil(log2 blocks), and in two words to 2^-2b: so far,
/// times the number of blocks, is a sum off at most, and not more than half a unit in its last place beyond that.
/// Source: Hallberg and Adcroft, Parallel Computing 40 (2014) 428.
class BlockSum {
 public:
  /// Shows the numbers of one block.
  using Add = FunctionRef<void(std::span<const double>)>;

  /// \param[in] comm    whose ranks hold blocks; must outlive this object
  /// \param[in] numbers that a block has
  /// \param[in] words   of a sum, 1 or 2
  BlockSum(const Communicator& comm, std::int64_t numbers, int words);

  /// Bytes of its arrays.
  [[nodiscard]] static double bytes(std::int64_t numbers, int words);

  /// Takes scales for numbers of at most these magnitudes.
  /// \param[in] largest (numbers) what any rank's blocks hold at most, the same on all ranks
  void scale_to(std::span<const double> largest);

  /// The sums over all blocks of all ranks; the sum of one block is that block, bit by bit. Collective.
  /// \param[in]  blocks  of all ranks
  /// \param[in]  partial shows the numbers of this rank's blocks; called again where scales have to be found first
  /// \param[out] sums    (numbers); NaN, all of them, where there are several blocks and a number is not finite
  /// \throws AgreedError on all ranks if `partial` threw on one
  void add_up(std::int64_t blocks, FunctionRef<void(const Add&)> partial, std::span<double> sums);

 private:
  void find_scales(FunctionRef<void(const Add&)> partial);
  template <int words>
  void add(std::span<const double> numbers);
  /// What stands behind the sums in the message.
  [[nodiscard]] std::span<std::int64_t> counts();
  void send(bool has_failed);
  /// Sums in double, and finer scales where all numbers are small.
  void take(std::span<double> sums);

  const Communicator& m_comm;
  std::int64_t m_size;
  int m_words;
  int m_bits = 0;                       // of a number that fills its scale
  std::vector<std::int16_t> m_scales;   // powers of two that no number reaches
  std::vector<std::int64_t> m_message;  // words of each sum; whether there were large numbers; counts
  bool m_has_scales = false;
};

}  // namespace ailoop
