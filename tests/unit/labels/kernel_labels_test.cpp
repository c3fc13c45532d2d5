// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/execution_spaces.hpp>
#include <ailoop/test/instances.hpp>
#include <ailoop/test/kernel_log.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "launchers.hpp"
#include <Kokkos_Core.hpp>
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

namespace ailoop::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

template <class Space>
class KernelLabels : public ::testing::Test {
 protected:
  /// Calls `check(log)` after each launcher has run on each instance.
  template <class Check>
  void for_each_launch(const Check& check) {
    const LauncherArrays<Space> arrays;
    for (const Space& space : instances<Space>()) {
      for (const Launcher<Space>& launcher : launchers(arrays)) {
        SCOPED_TRACE(launcher.name);
        const KernelLog log;
        launcher.launch(space);
        check(launcher, space, log);
        space.fence();
      }
    }
  }
};
TYPED_TEST_SUITE(KernelLabels, ExecutionSpaces, SpaceNames);

TYPED_TEST(KernelLabels, AreTheQualifiedNamesOfTheLaunchers) {
  this->for_each_launch([](const auto& launcher, const auto& /*space*/, const KernelLog& log) {
    const std::string label = "ailoop::kernels::" + launcher.name;
    EXPECT_THAT(log.kernels(), AllOf(Not(IsEmpty()), Each(Field("label", &KernelEvent::label, label))));
  });
}

TYPED_TEST(KernelLabels, RunOnTheInstanceThatTheLauncherWasGiven) {
  this->for_each_launch([](const auto& /*launcher*/, const auto& space, const KernelLog& log) {
    const auto id = device_id(space);
    EXPECT_THAT(log.kernels(), AllOf(Not(IsEmpty()), Each(Field("device_id", &KernelEvent::device_id, id))));
  });
}

// Kokkos 3.4 does not report fences; there tests/layers, which reads the sources, is what keeps global ones out.
TYPED_TEST(KernelLabels, LaunchersFenceNothingAndCopyNothing) {
  this->for_each_launch([](const auto& /*launcher*/, const auto& /*space*/, const KernelLog& log) {
    EXPECT_THAT(log.events(), Each(Field("kind", &KernelEvent::kind, Not(KernelEventKind::fence))));
    EXPECT_THAT(log.events(), Each(Field("kind", &KernelEvent::kind, Not(KernelEventKind::deep_copy))));
  });
}

TEST(KernelLaunchers, AreAllCoveredByTheseTests) {
  std::set<std::string> in_headers;
  const std::regex label("\"ailoop::kernels::([a-z0-9_]+)\"");
  for (const auto& entry : std::filesystem::directory_iterator(AILOOP_KERNEL_FOLDER)) {
    const std::string text = read_bytes(entry.path());
    for (std::sregex_iterator match(text.begin(), text.end(), label); match != std::sregex_iterator(); ++match) {
      in_headers.insert((*match)[1]);
    }
  }
  std::set<std::string> covered;
  const LauncherArrays<Kokkos::DefaultHostExecutionSpace> arrays;
  for (const auto& launcher : launchers(arrays)) {
    covered.insert(launcher.name);
  }
  EXPECT_EQ(covered, in_headers);
}

}  // namespace
}  // namespace ailoop::test
