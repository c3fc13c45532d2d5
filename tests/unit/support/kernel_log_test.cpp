// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/kernel_log.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include <Kokkos_Core.hpp>
#include <gmock/gmock.h>

#include <cstdint>

namespace ailoop::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

template <class Space>
void launch_one_of_each(const Space& space) {
  const Kokkos::RangePolicy<Space> policy(space, 0, 4);
  Kokkos::parallel_for("first", policy, KOKKOS_LAMBDA(int){});
  const Kokkos::View<int, Space> sum("sum");
  Kokkos::parallel_reduce("second", policy, KOKKOS_LAMBDA(int i, int& value) { value += i; }, sum);
  Kokkos::parallel_scan("third", policy, KOKKOS_LAMBDA(int i, int& value, bool) { value += i; });
}

template <class Space>
class KernelLogOn : public ::testing::Test {};
TYPED_TEST_SUITE(KernelLogOn, ExecutionSpaces, SpaceNames);

TYPED_TEST(KernelLogOn, RecordsLabelsAndInstancesInOrder) {
  const TypeParam space;
  const KernelLog log;
  launch_one_of_each(space);
  const auto wanted = [](const auto& kernel) {
    return kernel.label == "first" || kernel.label == "second" || kernel.label == "third";
  };
  std::vector<KernelEvent> kernels;
  for (const KernelEvent& kernel : log.kernels()) {  // the View's own initialisation is a kernel, too
    if (wanted(kernel)) {
      kernels.push_back(kernel);
    }
  }
  EXPECT_THAT(kernels, ElementsAre(Field(&KernelEvent::label, "first"), Field(&KernelEvent::label, "second"),
                                   Field(&KernelEvent::label, "third")));
  EXPECT_THAT(kernels, ElementsAre(Field(&KernelEvent::kind, KernelEventKind::parallel_for),
                                   Field(&KernelEvent::kind, KernelEventKind::parallel_reduce),
                                   Field(&KernelEvent::kind, KernelEventKind::parallel_scan)));
  EXPECT_THAT(kernels, Each(Field(&KernelEvent::device_id, device_id(space))));
}

TEST(KernelLog, RecordsNothingAfterItsLife) {
  {
    const KernelLog log;
  }
  launch_one_of_each(Kokkos::DefaultExecutionSpace{});
  const KernelLog log;
  EXPECT_THAT(log.events(), IsEmpty());
}

TEST(KernelLog, RecordsAFenceOfEverythingWhereKokkosReportsFences) {
  const auto ids = global_fence_ids();
  const KernelLog log;
  Kokkos::fence();
  EXPECT_EQ(log.fences().size(), ids.size());
}

TEST(KernelLog, RefusesASecondAtATime) {
  const KernelLog log;
  EXPECT_THROW(const KernelLog second, UsageError);
  EXPECT_THAT(log.events(), IsEmpty());
}

}  // namespace
}  // namespace ailoop::test
