// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/kernels/features.hpp>

#include "views.hpp"
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace ailoop::kernels {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;

constexpr std::size_t width = 8;
constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

template <class Real>
test::Matrix<Host, Real> points(std::size_t count, std::size_t columns) {
  std::vector<Real> numbers;
  for (std::size_t i = 0; i < count * columns; ++i) {
    numbers.push_back(static_cast<Real>(std::sin(static_cast<double>(3 * i + 1))));
  }
  return test::matrix_on<Host>(numbers, columns);
}

template <class Real>
void expect_columns_of_rows(Basis basis, const PolynomialInputs& inputs, int degree,
                            const std::vector<std::int64_t>& order) {
  const auto x = points<Real>(20, 4);
  const auto features = static_cast<std::size_t>(total_degree_features(inputs.count, degree));
  const test::Matrix<Host, Real> rows("rows", order.size(), features);
  feature_rows(Host(), basis, inputs, degree, x, order, rows);
  const std::vector<Real> by_row = test::numbers_of(rows);
  std::vector<Real> columns(features * width);
  feature_columns<width, Real>(basis, inputs, degree, x, order, columns);
  for (std::size_t k = 0; k < features; ++k) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t point = std::min(i, order.size() - 1);
      EXPECT_EQ(columns[k * width + i], by_row[point * features + k]) << "feature " << k << ", place " << i;
    }
  }
}

TEST(FeatureColumns, AreTheFeatureRowsBitByBit) {
  PolynomialInputs scaled{.count = 3};
  scaled.maps[1] = {0.25, 1.5};
  for (const Basis basis : all_bases) {
    for (const std::vector<std::int64_t>& order : {std::vector<std::int64_t>{7, 3, 19, 0, 11, 2, 5, 13},
                                                   std::vector<std::int64_t>{4, 4, 1}, std::vector<std::int64_t>{9}}) {
      for (const int degree : {0, 1, 7}) {
        expect_columns_of_rows<float>(basis, PolynomialInputs{.count = 1}, degree, order);
        expect_columns_of_rows<double>(basis, PolynomialInputs{.count = 1}, degree, order);
        expect_columns_of_rows<float>(basis, scaled, degree, order);
        expect_columns_of_rows<double>(basis, PolynomialInputs{.count = 4}, degree, order);
      }
    }
  }
}

TEST(FeatureColumns, RefuseOtherExtents) {
  const auto x = points<double>(20, 1);
  std::vector<double> columns(3 * width);
  const std::vector<std::int64_t> nine(width + 1);
  const auto call = [&](int inputs, int degree, std::span<const std::int64_t> order) {
    feature_columns<width, double>(Basis::monomial, PolynomialInputs{.count = inputs}, degree, x, order, columns);
  };
  EXPECT_NO_THROW(call(1, 2, std::span(nine).first(1)));
  EXPECT_THROW(call(1, 3, std::span(nine).first(1)), UsageError);
  EXPECT_THROW(call(2, 1, std::span(nine).first(1)), UsageError);
  EXPECT_THROW(call(1, 2, nine), UsageError);
  EXPECT_THROW(call(1, 2, {}), UsageError);
}

}  // namespace
}  // namespace ailoop::kernels
