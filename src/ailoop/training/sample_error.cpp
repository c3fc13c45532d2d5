// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/sample_error.hpp>

#include <ailoop/core/array.hpp>
#include <ailoop/core/index_range.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>

namespace ailoop {

namespace {

/// The sum of term(i) for i = 0 ... n - 1, in as many chains of additions as a core can follow at once.
template <class Term>
double sum_of(std::int64_t n, const Term& term) {
  std::array<double, 8> sums{};
  constexpr std::int64_t chains = sums.size();
  std::int64_t first = 0;
  for (; first + chains <= n; first += chains) {
    for (std::int64_t i = 0; i < chains; ++i) {
      sums[as_size(i)] += term(first + i);
    }
  }
  for (std::int64_t i = 0; first + i < n; ++i) {
    sums[as_size(i)] += term(first + i);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double square(double number) { return number * number; }

}  // namespace

SampleError sample_error(const Surrogate& surrogate, const SharedSamples& samples) {
  const std::int64_t dimension = samples.here.dimension();
  const std::int64_t outputs = samples.here.outputs();
  const OwnedArray points(samples.block, dimension);
  const OwnedArray predictions(samples.block, outputs);
  const OwnedArray targets(samples.block, outputs);
  const Array x = points;
  const Array y = predictions;
  const Array target = targets;
  const auto squares_of_block = [&](const auto& rows, std::int64_t first, std::int64_t n, std::span<double> squares) {
    const auto* row = &rows(first, 0);
    if (dimension == 1 && outputs == 1) {  // with a stride that the compiler knows
      for (std::int64_t i = 0; i < n; ++i) {
        x.data[i] = row[2 * i];
        target.data[i] = row[2 * i + 1];
      }
    } else {
      for (std::int64_t i = 0; i < n; ++i, row += dimension + outputs) {
        std::copy_n(row, dimension, x.row(i).begin());
        std::copy_n(row + dimension, outputs, target.row(i).begin());
      }
    }
    surrogate.predict(Execution::calling_thread, x.part({0, n}), y.part({0, n}));
    if (const ModelScaling* const scaling = surrogate.output_scaling()) {
      scaling->apply(Execution::calling_thread, y.part({0, n}));
    }
    squares[0] = sum_of(n * outputs, [&](std::int64_t i) { return square(y.data[i] - target.data[i]); });
    squares[1] = sum_of(n * outputs, [&](std::int64_t i) { return square(target.data[i]); });
  };
  std::array<double, 2> sums{};
  samples.sum(
      [&](IndexRange block, std::span<double> of_block) {
        std::visit([&](const auto& rows) { squares_of_block(rows, block.first, block.size(), of_block); },
                   samples.here.rows());
      },
      sums);
  const auto numbers = static_cast<double>(samples.count * outputs);
  return {sums[0] / numbers, epsilon_of(samples.here.precision()) * sums[1] / numbers};
}

std::optional<std::string> growth_of_error(const TrainingReport& report) {
  const double limit = largest_error_growth * report.error_before;
  if (!std::isfinite(limit) || report.error_after <= limit ||
      report.error_after <= largest_error_growth * report.unresolved) {
    return std::nullopt;
  }
  return fmt::format("the mean squared error over its samples grew from {:.3g} to {:.3g}", report.error_before,
                     report.error_after);
}

}  // namespace ailoop
