#include <ailoop/surrogate/surrogate.hpp>

#include <algorithm>
#include <cmath>

namespace ailoop {

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

}  // namespace ailoop
