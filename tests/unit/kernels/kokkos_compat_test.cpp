// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/kokkos_compat.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ailoop {
namespace {

TEST(Math, RoundsOnceInFma) {
  const double x = 1.0 + 0x1p-30;
  EXPECT_EQ(kernels::fma(x, x, -1.0 - 0x1p-29), 0x1p-60);
  EXPECT_EQ(kernels::fma(1.0F + 0x1p-12F, 1.0F + 0x1p-12F, -1.0F - 0x1p-11F), 0x1p-24F);
}

TEST(Math, StepsToTheNeighbour) {
  EXPECT_EQ(kernels::nextafter(1.0, 2.0), 1.0 + 0x1p-52);
  EXPECT_EQ(kernels::nextafter(1.0F, 0.0F), 1.0F - 0x1p-24F);
  EXPECT_EQ(kernels::nextafter(0.0, 1.0), 0x1p-1074);
}

TEST(Math, TellsFiniteNumbers) {
  EXPECT_TRUE(kernels::isfinite(std::numeric_limits<double>::max()));
  EXPECT_TRUE(kernels::isfinite(-std::numeric_limits<float>::denorm_min()));
  EXPECT_FALSE(kernels::isfinite(-std::numeric_limits<float>::infinity()));
  EXPECT_FALSE(kernels::isfinite(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Math, AgreesWithTheStandardLibrary) {
  EXPECT_EQ(kernels::sin(0.7), std::sin(0.7));
  EXPECT_EQ(kernels::sin(0.7F), std::sin(0.7F));
  EXPECT_EQ(kernels::sqrt(2.0), std::sqrt(2.0));
  EXPECT_EQ(kernels::fabs(-2.5F), 2.5F);
}

}  // namespace
}  // namespace ailoop
