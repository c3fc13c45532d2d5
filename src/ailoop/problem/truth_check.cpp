// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/executions.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/all_hold.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/problem/checked_truth.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ailoop {

namespace {

bool is_whole_on_host(ConstArray y, Statuses statuses, double largest) {
  return sum_over_stretches("ailoop::compute_truth", y.rows, [&](std::int64_t first, std::int64_t count) {
           const PointStatus* const status = statuses.data + first;
           const double* const values = y.part({first, first + count}).data;
           const bool whole =
               kernels::all_hold<std::uint8_t>(count,
                                               [=](std::int64_t i) { return status[i] == PointStatus::valid; }) &&
               kernels::all_hold(count * y.cols, [=](std::int64_t i) { return std::abs(values[i]) <= largest; });
           return std::int64_t{whole ? 0 : 1};
         }) == 0;
}

bool is_whole_on_device(ConstArray y, Statuses statuses, double largest) {
  const OwnedRows<std::int32_t> there(1, 1, Memory::device);
  std::int32_t broken = 0;
  const ArrayOf<std::int32_t> here{&broken, 1, 1};
  copy(here, there.rows());
  std::int32_t* const is_broken = there.rows().data;
  kernels::for_each_point(
      "ailoop::compute_truth", DeviceSpace(), y.rows, KOKKOS_LAMBDA(const std::int64_t i) {
        bool whole = statuses.data[i] == PointStatus::valid;
        for (std::int64_t o = 0; o < y.cols; ++o) whole = whole && kernels::fabs(y.data[i * y.cols + o]) <= largest;
        if (!whole) *is_broken = 1;  // whoever writes it writes the same
      });
  copy(there.rows(), here);
  return broken == 0;
}

}  // namespace

void detail::make_valid(Statuses statuses) {
  if (statuses.where == Memory::host) {
    std::fill_n(statuses.data, statuses.size, PointStatus::valid);
    return;
  }
  kernels::for_each_point(
      "ailoop::make_valid", DeviceSpace(), statuses.size,
      KOKKOS_LAMBDA(const std::int64_t i) { statuses.data[i] = PointStatus::valid; });
}

bool detail::is_whole(ConstArray y, Statuses statuses, double largest) {
  return y.where == Memory::host ? is_whole_on_host(y, statuses, largest) : is_whole_on_device(y, statuses, largest);
}

}  // namespace ailoop
