// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/uniform_points.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/uniform_box.hpp>

#include <string>

namespace ailoop {

void draw_uniform(Execution execution, const Facts& facts, const PointStream& stream, std::int64_t first, Array x) {
  AILOOP_REQUIRE(x.cols == facts.dimension, "draw_uniform: one number for each dimension");
  on_host_space(execution, [&](const auto& space) {
    const auto draw = [&]<class Real>(Real /*precision*/) {
      kernels::uniform_box<Real>(space, stream.seed, stream.purpose, first, x.cols, facts.lower.data(),
                                 facts.upper.data(), x.rows, x.data);
    };
    stream.precision == Precision::float32 ? draw(float{}) : draw(double{});
  });
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
