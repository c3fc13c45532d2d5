// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/histogram.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace ailoop {

void Histogram::add(double value) noexcept {
  std::int64_t bin = 0;
  if (value > 0.0) {
    // bits of a double: its exponent, to which 1023 is added, then 52 behind the leading one
    const auto octave_and_part = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(value) >> (52 - part_bits));
    const std::int64_t lowest = m_lowest_octave + 1023;
    bin = std::clamp<std::int64_t>(octave_and_part - lowest * bins_per_octave, 0, std::ssize(m_bins) - 1);
  }
  ++m_bins[as_size(bin)];
}

std::int64_t Histogram::count() const noexcept { return std::reduce(m_bins.begin(), m_bins.end()); }

double Histogram::quantile(double q) const noexcept {
  const std::int64_t all = count();
  if (all == 0) {
    return 0.0;
  }
  const auto wanted = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(q * static_cast<double>(all))));
  std::int64_t seen = 0;
  int bin = -1;
  do {
    seen += m_bins[as_size(++bin)];
  } while (seen < wanted);
  const int octave = bin / bins_per_octave + m_lowest_octave;
  const double middle = 1.0 + (bin % bins_per_octave + 0.5) / bins_per_octave;
  return std::ldexp(middle, octave);
}

std::vector<double> Histogram::packed() const {
  std::vector<double> numbers;
  for (std::size_t bin = 0; bin < m_bins.size(); ++bin) {
    if (m_bins[bin] > 0) {
      numbers.insert(numbers.end(), {static_cast<double>(bin), static_cast<double>(m_bins[bin])});
    }
  }
  return numbers;
}

void Histogram::add_packed(std::span<const double> numbers) {
  const auto n_bins = static_cast<double>(m_bins.size());
  for (; numbers.size() >= 2; numbers = numbers.subspan(2)) {
    if (!(numbers[0] >= 0.0 && numbers[0] < n_bins && numbers[1] >= 0.0)) {
      break;
    }
    m_bins[static_cast<std::size_t>(numbers[0])] += static_cast<std::int64_t>(numbers[1]);
  }
  if (!numbers.empty()) {
    throw InputOutputError("Histogram: these are no counts of bins");
  }
}

}  // namespace ailoop
