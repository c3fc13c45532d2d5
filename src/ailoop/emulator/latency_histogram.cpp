#include <ailoop/emulator/latency_histogram.hpp>

#include <algorithm>
#include <cmath>

namespace ailoop {

void LatencyHistogram::add(double seconds) noexcept {
  int bin = 0;
  if (seconds > 0.0) {
    int exponent = 0;
    const double fraction = std::frexp(seconds, &exponent);  // in [1/2, 1)
    const int within = static_cast<int>((fraction - 0.5) * 2 * bins_per_octave);
    bin = std::clamp((exponent - 1 - lowest_octave) * bins_per_octave + within, 0, octaves * bins_per_octave - 1);
  }
  ++m_bins[static_cast<std::size_t>(bin)];
  ++m_count;
}

double LatencyHistogram::quantile(double q) const noexcept {
  if (m_count == 0) {
    return 0.0;
  }
  const auto wanted = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(q * static_cast<double>(m_count))));
  std::int64_t seen = 0;
  int bin = 0;
  for (; bin < octaves * bins_per_octave - 1; ++bin) {
    seen += m_bins[static_cast<std::size_t>(bin)];
    if (seen >= wanted) {
      break;
    }
  }
  const int octave = bin / bins_per_octave + lowest_octave;
  const double middle = 1.0 + (bin % bins_per_octave + 0.5) / bins_per_octave;
  return std::ldexp(middle, octave);
}

}  // namespace ailoop
