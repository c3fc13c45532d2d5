// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/execution_spaces.hpp>

#include <Kokkos_Core.hpp>
#include <gmock/gmock.h>

#include <cstddef>
#include <set>
#include <string>

namespace ailoop::test {
namespace {

template <class... Spaces>
std::set<std::string> names(::testing::Types<Spaces...> /*spaces*/) {
  return {Spaces::name()...};
}

TEST(ExecutionSpaces, HoldEveryHostSpaceAndTheDefaultOnes) {
  std::set<std::string> expected{Kokkos::DefaultExecutionSpace::name(), Kokkos::DefaultHostExecutionSpace::name()};
#ifdef KOKKOS_ENABLE_SERIAL
  expected.insert(Kokkos::Serial::name());
#endif
#ifdef KOKKOS_ENABLE_OPENMP
  expected.insert(Kokkos::OpenMP::name());
#endif
#ifdef KOKKOS_ENABLE_THREADS
  expected.insert(Kokkos::Threads::name());
#endif
  EXPECT_EQ(names(ExecutionSpaces{}), expected);
}

template <class Space>
class EverySpace : public ::testing::Test {};
TYPED_TEST_SUITE(EverySpace, ExecutionSpaces, SpaceNames);

template <class Space>
Kokkos::View<int*, Space> squares_of_indices(const Space& space, std::size_t n) {
  const Kokkos::View<int*, Space> squares("squares", n);
  Kokkos::parallel_for(
      "squares", Kokkos::RangePolicy<Space>(space, 0, n), KOKKOS_LAMBDA(int i) { squares(i) = i * i; });
  space.fence();
  return squares;
}

TYPED_TEST(EverySpace, RunsAKernelWhoseResultTheHostReads) {
  const auto squares = on_host(squares_of_indices(TypeParam{}, 5));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(squares(i), i * i);
  }
}

}  // namespace
}  // namespace ailoop::test
