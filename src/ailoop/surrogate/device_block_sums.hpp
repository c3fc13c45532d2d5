// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/core/function_ref.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/memory.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/normal_equations.hpp>
#include <ailoop/kernels/normal_products.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// Numbers on a device that blocks are made of at once: 256 MiB of them.
inline constexpr std::int64_t most_device_numbers = std::int64_t{1} << 25;

/// All sums of a block, of those that a device added up.
inline void expand_products(kernels::Basis basis, const kernels::NormalProducts& products, std::int64_t points,
                            std::span<double> of_device, std::span<double> sums) {
  const auto of_columns = static_cast<std::ptrdiff_t>(products.of_columns());
  std::copy(of_device.begin() + of_columns, of_device.end(), sums.begin() + products.layout.triangle());
  if (!products.neighbours) {
    std::copy_n(of_device.begin(), of_columns, sums.begin());
    return;
  }
  const int degree = static_cast<int>(products.layout.columns) - 1;
  of_device[0] = static_cast<double>(points);  // exactly
  const double* const neighbours = of_device.data() + products.layout.columns;
  basis == kernels::Basis::monomial
      ? kernels::detail::expand_neighbours<kernels::Basis::monomial>(degree, of_device.data(), neighbours, sums.data())
      : kernels::detail::expand_neighbours<kernels::Basis::chebyshev>(degree, of_device.data(), neighbours,
                                                                      sums.data());
}

/// What sum_over_blocks shows of a polynomial, with the same bits, added up on the device.
/// \param[in] rows (n, variables + outputs) on the device
template <class T>
void sum_over_blocks_on_device(kernels::Basis basis, const kernels::PolynomialInputs& inputs, int degree,
                               const kernels::NormalLayout& layout, const ArrayOf<T>& rows,
                               FunctionRef<void(std::span<const double>)> add_block) {
  using kernels::Basis;
  const kernels::NormalProducts products{layout,
                                         inputs.count == 1 && (basis == Basis::monomial || basis == Basis::chebyshev)};
  const std::int64_t n_blocks = kernels::normal_blocks(rows.rows);
  const std::int64_t of_block = products.width() * kernels::normal_block_points + products.length();
  const std::int64_t at_once = std::clamp<std::int64_t>(most_device_numbers / of_block, 1, n_blocks);
  const OwnedRows<double> columns(at_once * products.width(), kernels::normal_block_points, Memory::device);
  const OwnedRows<double> there(at_once, products.length(), Memory::device);
  const OwnedRows<double> here(at_once, products.length(), Memory::host);
  std::vector<double> sums(as_size(layout.length()));
  for (std::int64_t first = 0; first < n_blocks; first += at_once) {
    const std::int64_t count = std::min(at_once, n_blocks - first);
    kernels::normal_columns(DeviceSpace(), basis, inputs, degree, products, rows, first, count, columns.rows().data);
    kernels::normal_products(DeviceSpace(), products, count, columns.rows().data, there.rows().data);
    copy(there.rows().part({0, count}), here.rows().part({0, count}));
    for (std::int64_t i = 0; i < count; ++i) {
      expand_products(basis, products, kernels::normal_block(first + i, rows.rows).size(), here.rows().row(i), sums);
      add_block(sums);
    }
  }
}

}  // namespace ailoop
