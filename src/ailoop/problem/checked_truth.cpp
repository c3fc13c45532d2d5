// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/problem/checked_truth.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/memory.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ailoop {

namespace {

[[noreturn]] void throw_failed(const TruthContext& context, std::int64_t index, std::span<const double> x,
                               std::span<const double> y, PointStatus status) {
  const std::string which =
      context.first_sample ? fmt::format("sample {}", *context.first_sample + index) : std::string("a query");
  const std::string what =
      status == PointStatus::failed ? "failed" : fmt::format("is {}, which is not usable", point_text(y));
  throw NumericalError(fmt::format("the truth of {} at x = {} {}", which, point_text(x), what));
}

/// \return how many points failed
std::int64_t mark_failed(const TruthContext& context, double largest, OnFailure on_failure, ConstArray x, Array y,
                         Statuses statuses) {
  const auto usable = [largest](double value) { return std::abs(value) <= largest; };
  std::int64_t failed = 0;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    PointStatus& status = statuses.data[i];
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

/// Calls `work` with copies on the host, and copies back what it may change.
template <class Work>
std::int64_t on_copies(ConstArray x, Array y, Statuses statuses, const Work& work) {
  const OwnedRows<double> points(x.rows, x.cols, Memory::host);
  const OwnedRows<double> values(y.rows, y.cols, Memory::host);
  const ArrayOf<PointStatus> there{statuses.data, statuses.size, 1, statuses.where};
  const OwnedRows<PointStatus> here(statuses.size, 1, Memory::host);
  copy(x, points.rows());
  copy(y, values.rows());
  copy(there, here.rows());
  const std::int64_t result = work(points.rows(), values.rows(), {here.rows().data, statuses.size});
  copy(values.rows(), y);
  copy(here.rows(), there);
  return result;
}

}  // namespace

std::int64_t compute_truth(const Problem& problem, const TruthContext& context, Precision precision,
                           OnFailure on_failure, ConstArray x, Array y, Statuses statuses) {
  AILOOP_REQUIRE(x.rows == y.rows && x.rows == statuses.size,
                 "compute_truth: x, y and statuses must have as many points");
  detail::make_valid(statuses);
  if (x.rows == 0) {
    return 0;
  }
  problem.truth(context, x, y, statuses);

  const double largest =
      precision == Precision::float32 ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  if (detail::is_whole(y, statuses, largest)) {
    return 0;
  }
  if (context.execution == Execution::device) {
    return on_copies(x, y, statuses, [&](ConstArray points, Array values, Statuses of_points) {
      return mark_failed(context, largest, on_failure, points, values, of_points);
    });
  }
  return mark_failed(context, largest, on_failure, x, y, statuses);
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

std::string outside_text(std::int64_t query, std::span<const double> point) {
  return fmt::format("query {} at x = {} lies outside of the problem's box", query, point_text(point));
}

std::vector<std::string> component_names(const std::string& name, std::int64_t components) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < components; ++i) {
    names.push_back(components == 1 ? name : fmt::format("{}_{}", name, i));
  }
  return names;
}

}  // namespace ailoop
