#include <ailoop/problem/checked_truth.hpp>

#include <ailoop/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ailoop {

namespace {

std::span<const double> row(ConstArray array, std::int64_t index) {
  return {array.data + index * array.cols, static_cast<std::size_t>(array.cols)};
}

/// Without stopping at the first that is not, so that it vectorises: in most runs all are.
template <class T, class Holds>
bool are_all(std::span<T> values, const Holds& holds) {
  bool all = true;
  for (const T& value : values) {
    all &= holds(value);
  }
  return all;
}

[[noreturn]] void throw_failed(const TruthContext& context, std::int64_t index, std::span<const double> x,
                               std::span<const double> y, PointStatus status) {
  const std::string which =
      context.first_sample ? fmt::format("sample {}", *context.first_sample + index) : std::string("a query");
  const std::string what =
      status == PointStatus::failed ? "failed" : fmt::format("is {}, which is not usable", point_text(y));
  throw NumericalError(fmt::format("the truth of {} at x = {} {}", which, point_text(x), what));
}

}  // namespace

std::int64_t compute_truth(const Problem& problem, const TruthContext& context, Precision precision,
                           OnFailure on_failure, ConstArray x, Array y, std::span<PointStatus> statuses) {
  AILOOP_REQUIRE(x.rows == y.rows && x.rows == static_cast<std::int64_t>(statuses.size()),
                 "compute_truth: x, y and statuses must have as many points");
  std::ranges::fill(statuses, PointStatus::valid);
  if (x.rows == 0) {
    return 0;
  }
  problem.truth(context, x, y, {statuses.data(), x.rows});

  const double largest = precision == Precision::float32 ? static_cast<double>(std::numeric_limits<float>::max())
                                                         : std::numeric_limits<double>::max();
  const auto usable = [largest](double value) { return std::abs(value) <= largest; };
  if (are_all(statuses, [](PointStatus status) { return status == PointStatus::valid; }) &&
      are_all(std::span<const double>(y.data, static_cast<std::size_t>(y.rows * y.cols)), usable)) {
    return 0;
  }
  std::int64_t failed = 0;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    PointStatus& status = statuses[static_cast<std::size_t>(i)];
    const auto values = row(y, i);
    if (status == PointStatus::valid && std::ranges::all_of(values, usable)) {
      continue;
    }
    if (on_failure == OnFailure::stop) {
      throw_failed(context, i, row(x, i), values, status);
    }
    status = PointStatus::failed;
    std::fill_n(y.data + i * y.cols, y.cols, std::numeric_limits<double>::quiet_NaN());
    ++failed;
  }
  return failed;
}

bool is_inside(const Facts& facts, std::span<const double> point) {
  for (std::size_t j = 0; j < point.size(); ++j) {
    if (!(point[j] >= facts.lower[j] && point[j] <= facts.upper[j])) {
      return false;
    }
  }
  return true;
}

std::string point_text(std::span<const double> components) {
  if (components.size() == 1) {
    return fmt::format("{}", components[0]);
  }
  return fmt::format("[{}]", fmt::join(components, ", "));
}

}  // namespace ailoop
