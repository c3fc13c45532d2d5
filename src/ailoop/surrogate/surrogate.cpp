#include <ailoop/surrogate/surrogate.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/surrogate/normal_sums.hpp>

#include <algorithm>
#include <array>
#include <cmath>
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

void show_parameters(Surrogate& surrogate, Archive& archive) {
  for (const Parameter& parameter : surrogate.parameters()) {
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

void LinearSurrogate::feature_columns(const SampleSet::Rows& points, std::span<const std::int64_t> order,
                                      const ParameterValues& columns) const {
  SampleSet::Order rows("ailoop::LinearSurrogate::order", block_points);
  for (std::size_t i = 0; i < block_points; ++i) {
    rows(i) = order[std::min(i, order.size() - 1)];
  }
  const SampleSet::Rows phi = allocate_rows("ailoop::LinearSurrogate::phi", precision(), block_points, features());
  feature_rows(host_execution(), points, rows, phi);
  std::visit(
      [&]<class T>(std::span<T> of_type) {
        const auto& from = std::get<SampleRows<T>>(phi);
        for (std::size_t k = 0; k < from.extent(1); ++k) {
          for (std::size_t i = 0; i < block_points; ++i) {
            of_type[k * block_points + i] = from(i, k);
          }
        }
      },
      columns);
}

void LinearSurrogate::normal_sums(const Execution& /*execution*/, const SampleSet& samples,
                                  std::span<double> sums) const {
  static_assert(block_points == kernels::panel_points);
  const kernels::NormalLayout layout = normal_layout(*this, samples.outputs());
  std::visit(
      [&]<class Rows>(const Rows& rows) {
        using T = typename Rows::value_type;
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
        sum_over_blocks(sequential_execution(), kernels::ColumnSums(fill, layout, rows), samples.count(), sums);
      },
      samples.rows());
}

kernels::NormalLayout normal_layout(const LinearSurrogate& surrogate, std::int64_t outputs) {
  return {surrogate.features() + (surrogate.constant_feature() ? 0 : 1), outputs};
}

}  // namespace ailoop
