// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/normal_sums.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/normal_layout.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/block_sum.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <variant>
#include <vector>

namespace ailoop {

namespace {

/// The largest magnitude of each column, of the bias, which is 1, and behind them of each target.
std::vector<double> largest_of_columns(const LinearSurrogate& surrogate, const SampleSet& samples) {
  constexpr std::int64_t width = Surrogate::block_points;
  const kernels::NormalLayout layout = normal_layout(surrogate);
  std::vector<double> largest(as_size(layout.columns + layout.outputs));
  if (layout.columns > surrogate.features()) {
    largest[as_size(surrogate.features())] = 1.0;
  }
  const auto note = [&](std::int64_t place, double number) {
    double& known = largest[as_size(place)];
    known = std::abs(number) <= known ? known : std::abs(number);  // NaN is the largest, and stays
  };
  const auto find = [&]<class T>(const ArrayOf<T>& rows) {
    std::vector<T> columns(as_size(surrogate.features() * width));
    std::array<std::int64_t, width> order{};
    for (std::int64_t first = 0; first < samples.count(); first += width) {
      const std::int64_t n = std::min(width, samples.count() - first);
      std::iota(order.begin(), order.begin() + n, first);
      surrogate.feature_columns(samples.rows(), std::span(order).first(as_size(n)), std::span<T>(columns));
      for (std::int64_t k = 0; k < surrogate.features(); ++k) {
        for (std::int64_t i = 0; i < n; ++i) {
          note(k, columns[as_size(k * width + i)]);
        }
      }
      for (std::int64_t o = 0; o < layout.outputs; ++o) {
        for (std::int64_t i = first; i < first + n; ++i) {
          note(layout.columns + o, rows(i, samples.dimension() + o));
        }
      }
    }
  };
  std::visit(find, samples.rows());
  return largest;
}

/// What the sums of a block cannot exceed.
void find_bounds(const kernels::NormalLayout& layout, double points, const std::vector<double>& largest,
                 std::span<double> bounds) {
  const auto product = [&](std::int64_t j, std::int64_t k) {
    return points * largest[as_size(j)] * largest[as_size(k)];
  };
  for (std::int64_t j = 0; j < layout.columns; ++j) {
    for (std::int64_t k = 0; k <= j; ++k) {
      bounds[as_size(layout.gram(j, k))] = product(j, k);
    }
    for (std::int64_t o = 0; o < layout.outputs; ++o) {
      bounds[as_size(layout.right_side(o, j))] = product(j, layout.columns + o);
    }
  }
  for (std::int64_t o = 0; o < layout.outputs; ++o) {
    bounds[as_size(layout.square(o))] = product(layout.columns + o, layout.columns + o);
  }
}

}  // namespace

double shared_normal_sums_bytes(const kernels::NormalLayout& layout) {
  return BlockSum::bytes(layout.length(), 2) + static_cast<double>(layout.length()) * sizeof(double);
}

void add_up_normal_sums(const LinearSurrogate& surrogate, Execution execution, const SharedSamples& samples,
                        std::span<double> sums) {
  if (samples.comm == nullptr) {
    std::ranges::fill(sums, 0.0);
    surrogate.normal_sums(execution, samples.here, [&](std::span<const double> of_block) {
      std::ranges::transform(sums, of_block, sums.begin(), std::plus<>());
    });
    return;
  }
  const kernels::NormalLayout layout = normal_layout(surrogate);
  BlockSum sum(*samples.comm, layout.length(), 2);
  if (samples.blocks() > 1) {  // cheaper than to add up twice
    std::vector<double> largest;
    std::vector<double> bounds;
    agreed(*samples.comm, "training", [&] {
      samples.here.move_to(Memory::host);
      largest = largest_of_columns(surrogate, samples.here);
      bounds.resize(sums.size());
    });
    find_largest(*samples.comm, largest);
    find_bounds(layout, static_cast<double>(samples.block), largest, bounds);
    if (std::ranges::all_of(bounds, [](double bound) { return std::isfinite(bound); })) {
      sum.scale_to(bounds);  // else features may be beyond their precision, and their sums in double are not
    }
  }
  sum.add_up(
      samples.blocks(), [&](const BlockSum::Add& add) { surrogate.normal_sums(execution, samples.here, add); }, sums);
}

}  // namespace ailoop
