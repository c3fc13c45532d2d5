// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

/// \file
/// Ways between std::vector on the host and Views on any space, for the tests of this folder.

namespace ailoop::test {

template <class Space, class T>
using Vector = Kokkos::View<T*, Space>;

template <class Space, class T>
using Matrix = Kokkos::View<T**, Kokkos::LayoutRight, Space>;

/// A vector on Space that holds `values`.
template <class Space, class T>
[[nodiscard]] Vector<Space, T> vector_on(const std::vector<T>& values) {
  Vector<Space, T> view("vector", values.size());
  const auto mirror = Kokkos::create_mirror_view(view);
  for (std::size_t i = 0; i < values.size(); ++i) mirror(i) = values[i];
  Kokkos::deep_copy(view, mirror);
  return view;
}

/// A row-major matrix on Space that holds `values`, `columns` of them a row.
template <class Space, class T>
[[nodiscard]] Matrix<Space, T> matrix_on(const std::vector<T>& values, std::size_t columns) {
  Matrix<Space, T> view("matrix", values.size() / columns, columns);
  const auto mirror = Kokkos::create_mirror_view(view);
  for (std::size_t i = 0; i < values.size(); ++i) mirror(i / columns, i % columns) = values[i];
  Kokkos::deep_copy(view, mirror);
  return view;
}

/// The numbers of a View of rank 1 or 2, row by row, after a deep copy (which waits for all kernels).
template <class View>
[[nodiscard]] auto numbers_of(const View& view) {
  const auto mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, view);
  std::vector<typename View::non_const_value_type> numbers;
  for (std::size_t i = 0; i < view.extent(0); ++i) {
    for (std::size_t j = 0; j < view.extent(1); ++j) numbers.push_back(mirror.access(i, j));
  }
  return numbers;
}

/// f at each pair of numbers, computed on Space. \param[in] pairs (n, 2), one after the other
template <class Space, class F>
[[nodiscard]] auto at_pairs(const std::vector<double>& pairs, const F& f) {
  const auto x = matrix_on<Space>(pairs, 2);
  const Vector<Space, decltype(f(0.0, 0.0))> y("y", x.extent(0));
  Kokkos::parallel_for(
      "at_pairs", Kokkos::RangePolicy<Space>(0, x.extent(0)),
      KOKKOS_LAMBDA(const std::size_t i) { y(i) = f(x(i, 0), x(i, 1)); });
  return numbers_of(y);
}

/// 0 ... n - 1
[[nodiscard]] inline std::vector<std::int64_t> indices(std::size_t n) {
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Its numbers, wherever they are; it must live as long.
template <class View>
[[nodiscard]] std::span<typename View::const_value_type> span_of(const View& view) {
  return {view.data(), view.size()};
}

/// n numbers from first to last, both included, evenly spaced.
[[nodiscard]] inline std::vector<double> grid(double first, double last, int n) {
  std::vector<double> points;
  points.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) points.push_back(first + (last - first) * i / (n - 1));
  return points;
}

}  // namespace ailoop::test
