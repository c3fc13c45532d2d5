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

/// In as many chains of additions as a core can follow at once.
double sum_of_squared_differences(std::span<const double> values, const double* others) {
  std::array<double, 8> sums{};
  const auto add = [&](std::size_t chain, std::size_t i) {
    const double difference = values[i] - others[i];
    sums[chain] += difference * difference;
  };
  std::size_t first = 0;
  for (; first + sums.size() <= values.size(); first += sums.size()) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      add(i, first + i);
    }
  }
  for (std::size_t i = 0; first + i < values.size(); ++i) {
    add(i, first + i);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double mean_squared_error(const Surrogate& surrogate, const SharedSamples& samples) {
  const std::int64_t dimension = samples.here.dimension();
  const std::int64_t outputs = samples.here.outputs();
  const OwnedArray points(samples.block, dimension);
  const OwnedArray predictions(samples.block, outputs);
  const OwnedArray targets(samples.block, outputs);
  const Array x = points;
  const Array y = predictions;
  const Array target = targets;
  const auto squares_of_block = [&](const auto& rows, std::int64_t first, std::int64_t n) {
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
      scaling->apply(y.part({0, n}));
    }
    return sum_of_squared_differences(std::span(y.data, as_size(n * outputs)), target.data);
  };
  double sum = 0.0;
  samples.sum(
      [&](IndexRange block, std::span<double> of_block) {
        of_block[0] = std::visit([&](const auto& rows) { return squares_of_block(rows, block.first, block.size()); },
                                 samples.here.rows());
      },
      std::span(&sum, 1));
  return sum / static_cast<double>(samples.count * outputs);
}

double unresolved_error(const SharedSamples& samples) {
  const std::int64_t outputs = samples.here.outputs();
  const auto squares_of_block = [&](IndexRange block, std::span<double> of_block) {
    std::visit(
        [&](const auto& rows) {
          for (std::int64_t i = block.first; i < block.last; ++i) {
            for (std::int64_t o = 0; o < outputs; ++o) {
              const double y = rows(i, samples.here.dimension() + o);
              of_block[0] += y * y;
            }
          }
        },
        samples.here.rows());
  };
  double sum = 0.0;
  samples.sum(squares_of_block, std::span(&sum, 1));
  return epsilon_of(samples.here.precision()) * sum / static_cast<double>(samples.count * outputs);
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
