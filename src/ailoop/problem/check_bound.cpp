// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/check_bound.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/problem/check_facts.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace ailoop {

namespace {

constexpr std::int64_t batch = 4096;
constexpr std::int64_t most_corner_inputs = 16;

/// Points first ... first + x.rows - 1 of those that are drawn in the box.
void draw(const Facts& facts, std::uint64_t seed, std::int64_t first, const Array& x) {
  draw_uniform(Execution::host_threads, facts, {.seed = seed, .purpose = kernels::Purpose::query}, first, x);
}

/// Puts the corners of the box in the place of the first 2^dimension points, unless these are far too many.
void put_corners(const Facts& facts, std::int64_t first, const Array& x) {
  const std::int64_t corners = facts.dimension > most_corner_inputs ? 0 : std::int64_t{1} << facts.dimension;
  for (std::int64_t i = 0; i < x.rows && first + i < corners; ++i) {
    for (std::size_t j = 0; j < facts.lower.size(); ++j) {
      x.row(i)[j] = ((first + i) >> j & 1) == 0 ? facts.lower[j] : std::nextafter(facts.upper[j], facts.lower[j]);
    }
  }
}

/// Part of the bound that the error uses up, above 1 exactly where it passes the bound: numbers that differ have a
/// quotient that differs from 1 by more than half a unit in the last place. Infinite where the bound is none.
double used_up(double error, double bound) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!(error < infinity) || !(bound >= 0.0 && bound < infinity)) {
    return infinity;
  }
  if (bound == 0.0) {
    return error > 0.0 ? infinity : 0.0;
  }
  return error / bound;
}

/// Part of the bound that the error uses up at a point, in the worst component.
double used_up(std::span<const double> approximation, std::span<const double> truth, std::span<const double> bound) {
  double ratio = 0.0;
  for (std::size_t o = 0; o < truth.size(); ++o) {
    ratio = std::max(ratio, used_up(std::abs(approximation[o] - truth[o]), bound[o]));
  }
  return ratio;
}

}  // namespace

std::string to_string(const BoundCheck& check) {
  std::string text = fmt::format("{} points", check.points);
  if (check.failed > 0) {
    text += fmt::format(", the truth failed at {}", check.failed);
  }
  if (!check.worst_x.empty()) {
    text += fmt::format(", the error is at most {:.3g} of the bound, at x = {}", check.worst_ratio,
                        point_text(check.worst_x));
  }
  return text + (check.holds() ? ": the bound holds" : fmt::format(": the bound fails at {}", check.beyond));
}

BoundCheck check_bound(const Problem& problem, std::int64_t n, std::uint64_t seed, Execution execution) {
  const Facts& facts = problem.facts();
  check_facts(facts);
  AILOOP_REQUIRE(facts.has_bound, "check_bound: the problem has no bound");
  AILOOP_REQUIRE(n >= 1, "check_bound: at least one point is needed");
  BoundCheck check;
  for (std::int64_t first = 0; first < n; first += batch) {
    const std::int64_t points = std::min(batch, n - first);
    const OwnedArray x(points, facts.dimension);
    draw(facts, seed, first, x);
    put_corners(facts, first, x);
    const OwnedArray truth(points, facts.outputs);
    const OwnedArray approximation(points, facts.outputs);
    const OwnedArray bound(points, facts.outputs);
    std::vector<PointStatus> statuses(as_size(points));
    check.failed += compute_truth(problem, {execution, std::nullopt}, Precision::float64, OnFailure::skip, x, truth,
                                  {statuses.data(), points});
    problem.approximation_sum(execution, x, approximation);
    problem.approximation_error(execution, x, bound);
    for (std::int64_t i = 0; i < points; ++i) {
      if (statuses[as_size(i)] == PointStatus::failed) {
        continue;
      }
      const double ratio = used_up(approximation.row(i), truth.row(i), bound.row(i));
      check.beyond += ratio > 1.0 ? 1 : 0;
      if (check.worst_x.empty() || ratio > check.worst_ratio) {
        check.worst_ratio = ratio;
        check.worst_x.assign(x.row(i).begin(), x.row(i).end());
      }
    }
    check.points += points;
  }
  return check;
}

double fraction_beyond_bound(const Problem& problem, const Tolerance& tolerance) {
  const Facts& facts = problem.facts();
  AILOOP_REQUIRE(facts.has_bound, "fraction_beyond_bound: the problem has no bound");
  constexpr std::int64_t n = 16'384;
  const OwnedArray x(n, facts.dimension);
  const OwnedArray bound(n, facts.outputs);
  const OwnedArray approximation(n, facts.outputs);
  draw(facts, 0, 0, x);
  problem.approximation_error(execution_for(n), x, bound);
  if (tolerance.relative > 0.0) {
    problem.approximation_sum(execution_for(n), x, approximation);
  }
  double beyond = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    bool is_within = true;
    for (std::size_t o = 0; o < as_size(facts.outputs); ++o) {
      is_within = is_within && bound.row(i)[o] <= tolerance.allowed(o, approximation.row(i)[o]);  // false for NaN
    }
    beyond += is_within ? 0.0 : 1.0;
  }
  return beyond / n;
}

}  // namespace ailoop
