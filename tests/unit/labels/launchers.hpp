// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/features.hpp>
#include <ailoop/kernels/normal_equations.hpp>
#include <ailoop/kernels/normal_products.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/kernels/sine.hpp>
#include <ailoop/kernels/taylor_sine.hpp>
#include <ailoop/kernels/uniform_box.hpp>

#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ailoop::test {

/// One call of a launcher, and the name that all its kernels must run under.
template <class Space>
struct Launcher {
  std::string name;
  std::function<void(const Space&)> launch;
};

/// What the launchers work on; allocated before anything is recorded.
template <class Space>
struct LauncherArrays {
  static constexpr std::size_t points = 40;
  static constexpr std::size_t degree = 3;

  template <class Data>
  using View = Kokkos::View<Data, Kokkos::LayoutRight, typename Space::memory_space>;

  View<double*> x{"x", points};
  View<double*> y{"y", points};
  View<double*> bound{"bound", points};
  View<double**> column{"column", points, 1};
  View<double**> other_column{"other_column", points, 1};
  View<float**> features{"features", points, degree + 1};
  View<double**> pairs{"pairs", points, 2};
  View<float**> pair_features{"pair_features", points, 10};
  View<float**> pair_weights{"pair_weights", 1, 10};
  View<int*> statuses{"statuses", points};
  View<float**> weights{"weights", 1, degree + 1};
  View<float*> bias{"bias", 1};
  View<double*> ends{"ends", 2};
  View<std::int64_t*> order{"order", points};
  View<kernels::Lanes*> sums_workspace{"sums_workspace", 18};
  View<double*> sums{"sums", 6};
  View<double*> block{"block", 5 * kernels::normal_block_points};
};

/// Every launcher of kernels/, on these arrays.
template <class Space>
[[nodiscard]] std::vector<Launcher<Space>> launchers(const LauncherArrays<Space>& a) {
  using kernels::Basis;
  std::vector<Launcher<Space>> all{
      {"sine", [a](const Space& space) { kernels::sine(space, a.x, a.y); }},
      {"taylor_sine_term", [a](const Space& space) { kernels::taylor_sine_term(space, 2, a.x, a.y); }},
      {"taylor_sine", [a](const Space& space) { kernels::taylor_sine(space, 4, a.x, a.y); }},
      {"taylor_sine_error", [a](const Space& space) { kernels::taylor_sine_error(space, 4, a.x, a.y); }},
      {"taylor_sine_with_error",
       [a](const Space& space) { kernels::taylor_sine_with_error(space, 4, a.x, a.y, a.bound); }},
  };
  for (const std::int64_t dimension : {1, 2}) {
    all.push_back({"uniform_box", [a, dimension](const Space& space) {
                     kernels::uniform_box<float>(space, 1, kernels::Purpose::sample, 0, dimension, a.ends.data(),
                                                 a.ends.data(), LauncherArrays<Space>::points, a.pairs.data());
                   }});
  }
  if constexpr (is_host_space_v<Space>) {  // samples lie on the host
    all.push_back({"normal_equations", [a](const Space& space) {
                     const auto fill = [](std::int64_t, std::int64_t, double* columns) {
                       std::fill_n(columns, 2 * kernels::panel_points, 1.0);
                     };
                     const kernels::ColumnSums sums(fill, {2, 1}, a.pairs);
                     kernels::normal_equations(space, sums, LauncherArrays<Space>::points, {0, 1}, 1,
                                               std::span(a.sums_workspace.data(), a.sums_workspace.size()),
                                               std::span(a.sums.data(), a.sums.size()));
                   }});
  }
  all.push_back({"normal_products", [a](const Space& space) {
                   kernels::normal_products(space, {.layout = {2, 1}}, 1, a.block.data(), a.sums.data());
                 }});
  const std::span<const std::int64_t> rows(a.order.data(), a.order.size());
  for (const Basis basis : {Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite}) {
    all.push_back({"feature_rows", [a, rows, basis](const Space& space) {
                     kernels::feature_rows(space, basis, kernels::PolynomialInputs{.count = 1}, 3, a.column, rows,
                                           a.features);
                   }});
    all.push_back({"feature_rows", [a, rows, basis](const Space& space) {
                     kernels::feature_rows(space, basis, kernels::PolynomialInputs{.count = 2}, 3, a.pairs, rows,
                                           a.pair_features);
                   }});
    all.push_back({"normal_columns", [a, basis](const Space& space) {
                     kernels::normal_columns(space, basis, kernels::PolynomialInputs{.count = 1}, 3, {.layout = {4, 1}},
                                             a.pairs, 0, 1, a.block.data());
                   }});
    all.push_back({"polynomial", [a, basis](const Space& space) {
                     kernels::polynomial(space, basis, kernels::PolynomialInputs{.count = 2}, 3, a.pair_weights, a.bias,
                                         a.pairs, a.other_column);
                   }});
    all.push_back({"polynomial", [a, basis](const Space& space) {
                     kernels::polynomial(space, basis, kernels::PolynomialInputs{.count = 1}, 3, a.weights, a.bias,
                                         a.column, a.other_column);
                   }});
  }
  return all;
}

}  // namespace ailoop::test
