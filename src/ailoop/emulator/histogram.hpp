// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/index_range.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// Counts positive numbers in a fixed number of bins, so that adding one neither allocates nor grows with the run. Bins
/// are 1/64 of an octave wide or less: a quantile is within 0.8 % of a number that was added.
class Histogram {
 public:
  /// Of numbers from 2^lowest to 2^(lowest + octaves); what lies outside counts in the outermost bin.
  Histogram(int lowest_octave, int octaves)
      : m_lowest_octave(lowest_octave), m_bins(as_size(octaves) * bins_per_octave) {}

  void add(double value) noexcept;

  [[nodiscard]] std::int64_t count() const noexcept;

  /// Number that the fraction q of all that were added does not exceed; 0 if there is none.
  /// \param[in] q in (0, 1]
  [[nodiscard]] double quantile(double q) const noexcept;

  /// For each bin that is not empty, its index and how many it counts, as numbers for messages and checkpoints.
  [[nodiscard]] std::vector<double> packed() const;
  /// Adds what was packed of another histogram of the same numbers.
  /// \throws InputOutputError if it is none
  void add_packed(std::span<const double> numbers);

 private:
  static constexpr int part_bits = 6;
  static constexpr int bins_per_octave = 1 << part_bits;

  int m_lowest_octave;
  std::vector<std::int64_t> m_bins;
};

}  // namespace ailoop
