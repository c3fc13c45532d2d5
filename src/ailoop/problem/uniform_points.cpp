// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/uniform_points.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/uniform_box.hpp>

#include <string>

namespace ailoop {

void draw_uniform(Execution execution, const Facts& facts, const PointStream& stream, std::int64_t first, Array x) {
  AILOOP_REQUIRE(x.cols == facts.dimension && x.where == memory_of(execution),
                 "draw_uniform: one number for each dimension, in the memory of the execution");
  const auto draw = [&](const auto& space, const double* lower, const double* upper) {
    const auto in_precision = [&]<class Real>(Real /*precision*/) {
      kernels::uniform_box<Real>(space, stream.seed, stream.purpose, first, x.cols, lower, upper, x.rows, x.data);
    };
    stream.precision == Precision::float32 ? in_precision(float{}) : in_precision(double{});
  };
  if (execution != Execution::device) {
    on_host_space(execution, [&](const auto& space) { draw(space, facts.lower.data(), facts.upper.data()); });
    return;
  }
  const OwnedRows<double> box(2, facts.dimension, Memory::device);
  copy(ConstArray{facts.lower.data(), 1, facts.dimension}, box.rows().part({0, 1}));
  copy(ConstArray{facts.upper.data(), 1, facts.dimension}, box.rows().part({1, 2}));
  draw(DeviceSpace(), box.rows().data, box.rows().data + facts.dimension);
}

void check_precision(const Facts& facts, Precision precision) {
  for (std::size_t i = 0; i < facts.lower.size(); ++i) {
    const bool is_float = precision == Precision::float32;
    if (!(is_float ? kernels::is_valid_interval<float>(facts.lower[i], facts.upper[i])
                   : kernels::is_valid_interval<double>(facts.lower[i], facts.upper[i]))) {
      const bool has_double = is_float && kernels::is_valid_interval<double>(facts.lower[i], facts.upper[i]);
      throw ConfigurationError(std::string(is_float ? "float32" : "float64") +
                               " has no number in the problem's box, whose input " + std::to_string(i) + " goes from " +
                               number_text(facts.lower[i]) + " to " + number_text(facts.upper[i]) +
                               (has_double ? "; float64 has" : ""));
    }
  }
}

}  // namespace ailoop
