#include <ailoop/problem/check_bound.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/problem/check_facts.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace ailoop {

namespace {

constexpr std::int64_t batch = 4096;
constexpr std::int64_t most_corner_inputs = 16;

/// Point `index`: the corners of the box are the first 2^dimension points, unless these are far too many.
void point(const Facts& facts, std::uint64_t seed, std::int64_t index, std::span<double> x) {
  const bool has_corners = facts.dimension <= most_corner_inputs;
  if (has_corners && index < (std::int64_t{1} << facts.dimension)) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] = (index >> j & 1) == 0 ? facts.lower[j] : std::nextafter(facts.upper[j], facts.lower[j]);
    }
    return;
  }
  auto random = kernels::generator<Kokkos::DefaultHostExecutionSpace>(seed, kernels::Purpose::query,
                                                                      static_cast<std::uint64_t>(index));
  for (std::size_t j = 0; j < x.size(); ++j) {
    x[j] = kernels::uniform<double>(random, facts.lower[j], facts.upper[j]);
  }
}

/// Points with what the problem says of them.
struct Batch {
  Batch(const Facts& facts, std::int64_t n)
      : size(n),
        dimension(facts.dimension),
        outputs(facts.outputs),
        x(as_size(n * dimension)),
        truth(as_size(n * outputs)),
        approximation(truth.size()),
        share(truth.size()),
        bound(truth.size()),
        statuses(as_size(n)) {}

  [[nodiscard]] std::span<double> point(std::int64_t i) {
    return std::span(x).subspan(as_size(i * dimension), as_size(dimension));
  }
  [[nodiscard]] Array array(std::vector<double>& values) const { return {values.data(), size, outputs}; }

  std::int64_t size;
  std::int64_t dimension;
  std::int64_t outputs;
  std::vector<double> x;
  std::vector<double> truth;
  std::vector<double> approximation;
  std::vector<double> share;
  std::vector<double> bound;
  std::vector<PointStatus> statuses;
};

void evaluate(const Problem& problem, const Execution& execution, Batch& points) {
  const ConstArray x{points.x.data(), points.size, points.dimension};
  compute_truth(problem, {execution, std::nullopt}, Precision::float64, OnFailure::skip, x, points.array(points.truth),
                points.statuses);
  std::ranges::fill(points.approximation, 0.0);
  for (std::int64_t k = 0; k < problem.facts().shares; ++k) {
    problem.approximation(execution, k, x, points.array(points.share));
    std::ranges::transform(points.approximation, points.share, points.approximation.begin(), std::plus());
  }
  problem.approximation_error(execution, x, points.array(points.bound));
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

void compare(Batch& points, BoundCheck& check) {
  for (std::int64_t i = 0; i < points.size; ++i) {
    ++check.points;
    if (points.statuses[as_size(i)] == PointStatus::failed) {
      ++check.failed;
      continue;
    }
    double ratio = 0.0;
    for (std::int64_t j = 0; j < points.outputs; ++j) {
      const auto k = as_size(i * points.outputs + j);
      ratio = std::max(ratio, used_up(std::abs(points.approximation[k] - points.truth[k]), points.bound[k]));
    }
    check.beyond += ratio > 1.0 ? 1 : 0;
    if (check.worst_x.empty() || ratio > check.worst_ratio) {
      check.worst_ratio = ratio;
      check.worst_x.assign(points.point(i).begin(), points.point(i).end());
    }
  }
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

BoundCheck check_bound(const Problem& problem, std::int64_t n, std::uint64_t seed, const Execution& execution) {
  const Facts& facts = problem.facts();
  check_facts(facts);
  AILOOP_REQUIRE(facts.has_bound, "check_bound: the problem has no bound");
  AILOOP_REQUIRE(n >= 1, "check_bound: at least one point is needed");
  BoundCheck check;
  for (std::int64_t first = 0; first < n; first += batch) {
    Batch points(facts, std::min(batch, n - first));
    for (std::int64_t i = 0; i < points.size; ++i) {
      point(facts, seed, first + i, points.point(i));
    }
    evaluate(problem, execution, points);
    compare(points, check);
  }
  return check;
}

}  // namespace ailoop
