// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/execution.hpp>

#include <ailoop/kernels/launch.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <gmock/gmock.h>

#include <string>
#include <type_traits>

namespace ailoop {
namespace {

template <class Space>
class ExecutionOf : public ::testing::Test {};
TYPED_TEST_SUITE(ExecutionOf, test::ExecutionSpaces, test::SpaceNames);

TYPED_TEST(ExecutionOf, StandsForItsSpace) {
  on_space(execution_of<TypeParam>,
           []<class Space>(const Space& /*space*/) { EXPECT_TRUE((std::is_same_v<Space, TypeParam>)); });
}

TYPED_TEST(ExecutionOf, IsParallelOnTheHostUnlessSerialOrADevice) {
  using Space = TypeParam;
  const std::string space_name = Space::name();
  EXPECT_EQ(is_host_parallel_v<Space>, space_name == "OpenMP" || space_name == "Threads");
}

TEST(HostSpaces, RefuseADevice) {
  EXPECT_THROW(on_host_space(Execution::device, [](const auto& /*space*/) {}), UsageError);
}

TEST(Concepts, TellViewsApartByRankAndType) {
  using Space = Kokkos::DefaultHostExecutionSpace;
  static_assert(ExecutionSpace<Space> && !ExecutionSpace<Kokkos::HostSpace> && !ExecutionSpace<int>);
  static_assert(!RealView1D<Kokkos::View<double, Space>>);
  static_assert(RealView1D<Kokkos::View<const float*, Space>> && !RealView1D<Kokkos::View<int*, Space>>);
  static_assert(RealView1D<Kokkos::View<double[3], Space>> && !RealView1D<double*>);
  static_assert(RealView2D<Kokkos::View<double* [3], Space>> && RealView2D<Kokkos::View<float**, Space>>);
  static_assert(!RealView2D<Kokkos::View<double***, Space>>);
  static_assert(is_writable_v<Kokkos::View<double*, Space>> && !is_writable_v<Kokkos::View<const double*, Space>>);
  using Column = decltype(Kokkos::subview(Kokkos::View<double**, Kokkos::LayoutRight, Space>(), Kokkos::ALL(), 0));
  static_assert(RealView1D<Column> && is_accessible_v<Space, Column>);
  EXPECT_EQ((view_rank_v<Kokkos::View<double** [2][3], Space>>), 4);
}

}  // namespace
}  // namespace ailoop
