// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <vector>

namespace ailoop::perf {

/// Durations that were measured one by one.
class DurationSummary {
 public:
  /// \param[in] count durations to come: recording them does not allocate
  explicit DurationSummary(std::size_t count) { m_seconds.reserve(count); }

  void add(double seconds) { m_seconds.push_back(seconds); }

  /// Smallest duration that the fraction q of all does not exceed [s]; 0 if there is none.
  [[nodiscard]] double quantile(double q) const;

  /// {"count", "median_s", "p99_s"}, and where wanted "histogram": [[upper bound in s, count], ...], eight bins an
  /// octave.
  [[nodiscard]] nlohmann::json json(bool with_histogram = false) const;

 private:
  std::vector<double> m_seconds;
};

}  // namespace ailoop::perf
