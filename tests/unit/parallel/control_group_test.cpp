// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

namespace ailoop {
namespace {

/// A made-up tree of /proc and /sys.
class ControlGroup : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const auto file = m_root.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  [[nodiscard]] ControlGroupLimits limits() const { return control_group_limits(m_root.path()); }

 private:
  test::TemporaryFolder m_root;
};

TEST_F(ControlGroup, LimitsNothingWhereThereIsNone) {
  EXPECT_TRUE(std::isinf(limits().cpus));
  EXPECT_TRUE(std::isinf(limits().memory_bytes));
  EXPECT_EQ(limits().cores, 0);
}

TEST_F(ControlGroup, OfVersion2IsTheNarrowestUpToTheRoot) {
  write("proc/self/cgroup", "0::/slurm/job_7/step_0");
  write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "max 100000");
  write("sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max");
  write("sys/fs/cgroup/slurm/job_7/cpu.max", "250000 100000");
  write("sys/fs/cgroup/slurm/job_7/memory.max", "1000000");
  write("sys/fs/cgroup/slurm/job_7/cpuset.cpus.effective", "0-3,8");
  write("sys/fs/cgroup/slurm/cpu.max", "400000 100000");
  write("sys/fs/cgroup/slurm/memory.max", "2000000");
  write("sys/fs/cgroup/cpuset.cpus.effective", "0-63");
  EXPECT_EQ(limits().cpus, 2.5);
  EXPECT_EQ(limits().memory_bytes, 1e6);
  EXPECT_EQ(limits().cores, 5);
}

TEST_F(ControlGroup, LeavesWhatIsNotUsed) {
  write("proc/self/cgroup", "0::/job");
  write("sys/fs/cgroup/job/memory.max", "1000000");
  write("sys/fs/cgroup/job/memory.current", "700000");
  write("sys/fs/cgroup/job/memory.stat", "anon 100000\ninactive_file 200000\nactive_file 400000");
  EXPECT_EQ(limits().memory_bytes, 5e5);
  write("sys/fs/cgroup/job/memory.current", "1300000");
  EXPECT_EQ(limits().memory_bytes, 0.0);
  write("proc/self/cgroup", "4:memory:/job");
  write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000000");
  write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "900000");
  write("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file 300000");
  EXPECT_EQ(limits().memory_bytes, 4e5);
}

TEST_F(ControlGroup, OfVersion1HasAFolderForEachController) {
  write("proc/self/cgroup", "4:memory:/slurm/job_7\n3:cpuset:/slurm/job_7\n2:cpu,cpuacct:/slurm/job_7\n0::/elsewhere");
  write("sys/fs/cgroup/cpu/slurm/job_7/cpu.cfs_quota_us", "-1");
  write("sys/fs/cgroup/cpu/slurm/job_7/cpu.cfs_period_us", "100000");
  write("sys/fs/cgroup/cpu/slurm/cpu.cfs_quota_us", "150000");
  write("sys/fs/cgroup/cpu/slurm/cpu.cfs_period_us", "50000");
  write("sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "3000000");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  write("sys/fs/cgroup/cpuset/slurm/job_7/cpuset.cpus", "5");
  write("sys/fs/cgroup/elsewhere/memory.max", "1");
  EXPECT_EQ(limits().cpus, 3.0);
  EXPECT_EQ(limits().memory_bytes, 3e6);
  EXPECT_EQ(limits().cores, 1);
}

TEST_F(ControlGroup, IsThatOfTheRootWhereAContainerDoesNotShowTheOwnOne) {
  for (const char* path : {"/", "/docker/0123", "/../../other"}) {
    write("proc/self/cgroup", std::string("0::") + path);
    write("sys/fs/cgroup/cpu.max", "50000 100000");
    write("sys/fs/cgroup/memory.max", "4000000");
    EXPECT_EQ(limits().cpus, 0.5) << path;
    EXPECT_EQ(limits().memory_bytes, 4e6) << path;
  }
}

TEST_F(ControlGroup, OfThisProcessAllowsSomething) {
  EXPECT_GT(control_group_limits().cpus, 0.0);
  EXPECT_GT(control_group_limits().memory_bytes, 1e6);
}

}  // namespace
}  // namespace ailoop
