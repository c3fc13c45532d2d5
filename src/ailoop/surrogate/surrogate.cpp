// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/surrogate/surrogate.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/surrogate/block_sums.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <type_traits>

namespace ailoop {

double parameter_bytes(Surrogate& surrogate) {
  double bytes = 0.0;
  for (const Parameter& parameter : surrogate.parameters()) {
    bytes += std::visit([](auto values) { return static_cast<double>(values.size_bytes()); }, parameter.values);
  }
  return bytes;
}

std::vector<Parameter> model_arrays(Surrogate& surrogate) {
  std::vector<Parameter> arrays = surrogate.parameters();
  std::ranges::move(surrogate.scaling_arrays(), std::back_inserter(arrays));
  return arrays;
}

void show_parameters(Surrogate& surrogate, Archive& archive) {
  for (const Parameter& parameter : model_arrays(surrogate)) {
    std::visit([&](auto values) { archive.tensor(parameter.name, parameter.shape, values); }, parameter.values);
  }
}

bool parameters_are_finite(Surrogate& surrogate) {
  return std::ranges::all_of(surrogate.parameters(), [](const Parameter& parameter) {
    return std::visit(
        [](auto values) { return std::ranges::all_of(values, [](auto value) { return std::isfinite(value); }); },
        parameter.values);
  });
}

void Surrogate::feature_columns(const Block& points, std::span<const std::int64_t> order,
                                const ParameterValues& columns) const {
  std::array<std::int64_t, block_points> rows{};
  for (std::size_t i = 0; i < block_points; ++i) {
    rows[i] = order[std::min(i, order.size() - 1)];
  }
  const OwnedBlock phi(precision(), block_points, features());
  feature_rows(Execution::calling_thread, points, rows, phi);
  std::visit(
      [&]<class T>(std::span<T> of_type) {
        const auto& from = std::get<ArrayOf<T>>(phi.block());
        for (std::int64_t k = 0; k < from.cols; ++k) {
          for (std::int64_t i = 0; i < from.rows; ++i) {
            of_type[as_size(k * from.rows + i)] = from(i, k);
          }
        }
      },
      columns);
}

void LinearSurrogate::normal_sums(Execution /*execution*/, const SampleSet& samples,
                                  FunctionRef<void(std::span<const double>)> add_block) const {
  static_assert(block_points == kernels::panel_points);
  const kernels::NormalLayout layout = normal_layout(*this);
  samples.move_to(Memory::host);
  std::visit(
      [&]<class T>(const ArrayOf<T>& rows) {
        std::vector<T> columns(as_size(features()) * block_points);
        const auto fill = [&](std::int64_t first, std::int64_t n, double* to) {
          std::array<std::int64_t, block_points> order{};
          std::iota(order.begin(), order.begin() + n, first);
          feature_columns(samples.rows(), std::span(order).first(as_size(n)), std::span<T>(columns));
          double* const end = std::copy(columns.begin(), columns.end(), to);
          if (!constant_feature()) {
            std::fill_n(end, block_points, 1.0);
          }
        };
        // one thread: feature_columns may start kernels
        sum_over_blocks(Execution::calling_thread, kernels::ColumnSums(fill, layout, rows), samples.count(), add_block);
      },
      samples.rows());
}

kernels::NormalLayout normal_layout(const LinearSurrogate& surrogate) {
  return {surrogate.features() + (surrogate.constant_feature() ? 0 : 1), surrogate.network().outputs()};
}

}  // namespace ailoop
