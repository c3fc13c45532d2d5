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

}  // namespace ailoop
