// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/checked_truth.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>
#include <ailoop/kernels/all_hold.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ailoop {

namespace {

/// Whether no point failed.
template <class Usable>
bool is_whole(ConstArray y, std::span<const PointStatus> statuses, const Usable& usable) {
  return sum_over_stretches("ailoop::compute_truth", y.rows, [&](std::int64_t first, std::int64_t count) {
           const PointStatus* const status = statuses.data() + first;
           const ConstArray values = y.part({first, first + count});
           const bool whole = kernels::all_hold<std::uint8_t>(
                                  count, [=](std::int64_t i) { return status[i] == PointStatus::valid; }) &&
                              kernels::all_hold(values.size(), [=](std::int64_t i) { return usable(values.data[i]); });
           return std::int64_t{whole ? 0 : 1};
         }) == 0;
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
  AILOOP_REQUIRE(x.rows == y.rows && x.rows == std::ssize(statuses),
                 "compute_truth: x, y and statuses must have as many points");
  std::ranges::fill(statuses, PointStatus::valid);
  if (x.rows == 0) {
    return 0;
  }
  problem.truth(context, x, y, {statuses.data(), x.rows});

  const double largest =
      precision == Precision::float32 ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  const auto usable = [largest](double value) { return std::abs(value) <= largest; };
  if (is_whole(y, statuses, usable)) {
    return 0;
  }
  std::int64_t failed = 0;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    PointStatus& status = statuses[as_size(i)];
    const auto values = y.row(i);
    if (status == PointStatus::valid && std::ranges::all_of(values, usable)) {
      continue;
    }
    if (on_failure == OnFailure::stop) {
      throw_failed(context, i, x.row(i), values, status);
    }
    status = PointStatus::failed;
    std::ranges::fill(values, std::numeric_limits<double>::quiet_NaN());
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

std::vector<std::string> component_names(const std::string& name, std::int64_t components) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < components; ++i) {
    names.push_back(components == 1 ? name : fmt::format("{}_{}", name, i));
  }
  return names;
}

}  // namespace ailoop
