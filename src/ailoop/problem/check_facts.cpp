// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/check_facts.hpp>

#include <ailoop/core/error.hpp>

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <vector>

namespace ailoop {

namespace {

void require_count(std::string_view fact, std::int64_t found) {
  if (found < 1) {
    throw UsageError(fmt::format("facts of the problem: {} is {}; it must be at least 1", fact, found));
  }
}

void require_corner(std::string_view fact, const std::vector<double>& corner, std::int64_t dimension) {
  if (std::ssize(corner) != dimension) {
    throw UsageError(fmt::format("facts of the problem: {} has {} numbers; it must have one for each of {} inputs",
                                 fact, corner.size(), dimension));
  }
}

}  // namespace

void check_facts(const Facts& facts) {
  require_count("dimension", facts.dimension);
  require_count("outputs", facts.outputs);
  if (facts.shares < 0) {
    throw UsageError(fmt::format("facts of the problem: shares is {}; it must be at least 0", facts.shares));
  }
  require_corner("lower", facts.lower, facts.dimension);
  require_corner("upper", facts.upper, facts.dimension);
  for (std::size_t i = 0; i < facts.lower.size(); ++i) {
    const double lower = facts.lower[i];
    const double upper = facts.upper[i];
    if (!(lower < upper) || !std::isfinite(upper - lower)) {
      throw UsageError(
          fmt::format("facts of the problem: input {} goes from {} to {}; lower must be less than upper, and both and "
                      "their difference finite",
                      i, lower, upper));
    }
  }
}

}  // namespace ailoop
