#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ailoop {

/// Counts durations in a fixed number of bins, so that recording one neither allocates nor grows with the run. Bins are
/// 1/64 of an octave wide or less: a quantile is within 0.8 % of a duration that was recorded.
class LatencyHistogram {
 public:
  /// \param[in] seconds >= 0; from 2^-32 s (0.2 ns) to 2^16 s (18 h), what lies outside counts in the outermost bin
  void add(double seconds) noexcept;

  [[nodiscard]] std::int64_t count() const noexcept { return m_count; }

  /// Duration that the fraction q of all recorded ones does not exceed [s]; 0 if there is none.
  /// \param[in] q in (0, 1]
  [[nodiscard]] double quantile(double q) const noexcept;

 private:
  static constexpr int lowest_octave = -32;
  static constexpr int octaves = 48;
  static constexpr int bins_per_octave = 64;
  static constexpr std::size_t n_bins = std::size_t{octaves} * bins_per_octave;

  std::array<std::int64_t, n_bins> m_bins{};
  std::int64_t m_count = 0;
};

}  // namespace ailoop
