// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "duration_summary.hpp"
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace ailoop::perf {

double DurationSummary::quantile(double q) const {
  if (m_seconds.empty()) {
    return 0.0;
  }
  std::vector<double> sorted = m_seconds;
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  const auto wanted = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::ranges::nth_element(sorted, wanted);
  return *wanted;
}

nlohmann::json DurationSummary::json(bool with_histogram) const {
  nlohmann::json out = {{"count", m_seconds.size()}, {"median_s", quantile(0.5)}, {"p99_s", quantile(0.99)}};
  if (with_histogram) {
    constexpr double bins_per_octave = 8.0;
    constexpr double shortest = 1e-9;
    std::map<double, std::size_t> bins;
    for (const double seconds : m_seconds) {
      ++bins[std::ceil(bins_per_octave * std::log2(std::max(seconds, shortest)))];
    }
    out["histogram"] = nlohmann::json::array();
    for (const auto& [bin, count] : bins) {
      out["histogram"].push_back({std::exp2(bin / bins_per_octave), count});
    }
  }
  return out;
}

}  // namespace ailoop::perf
