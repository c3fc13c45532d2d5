#include <ailoop/parallel/control_group.hpp>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

namespace {

/// Where the files of a controller are, from the own group up to the root of all.
struct Groups {
  bool is_version_1 = false;
  std::vector<std::filesystem::path> folders;
};

bool contains(const std::string& comma_separated, const std::string& word) {
  return ("," + comma_separated + ",").find("," + word + ",") != std::string::npos;
}

/// Each line of /proc/self/cgroup is number:controllers:path, and names no controllers for version 2.
Groups groups_of(const std::filesystem::path& root, const std::string& controller) {
  Groups groups;
  std::string own;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string number, controllers, path;
       std::getline(file, number, ':') && std::getline(file, controllers, ':') && std::getline(file, path);) {
    if (contains(controllers, controller) || (controllers.empty() && !groups.is_version_1)) {
      groups.is_version_1 = !controllers.empty();
      own = path;
    }
  }
  const std::filesystem::path top = root / "sys/fs/cgroup" / (groups.is_version_1 ? controller : "");
  // a path that the view of a container leaves no folder for: what is there are the groups above it
  std::filesystem::path path = std::filesystem::path(own).lexically_normal().relative_path();
  for (; !path.empty(); path = path.parent_path()) {
    groups.folders.push_back(top / path);
  }
  groups.folders.push_back(top);
  return groups;
}

/// The first number of a file; nothing where it has none ("max") or it is not there.
std::optional<double> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  double number = 0.0;
  return file >> number ? std::optional(number) : std::nullopt;
}

std::optional<double> cpu_quota(const std::filesystem::path& folder, bool is_version_1) {
  if (is_version_1) {
    const auto quota = number_in(folder / "cpu.cfs_quota_us");  // -1: none
    const auto period = number_in(folder / "cpu.cfs_period_us");
    return quota && period && *quota > 0.0 && *period > 0.0 ? std::optional(*quota / *period) : std::nullopt;
  }
  std::ifstream file(folder / "cpu.max");
  double quota = 0.0;
  double period = 0.0;
  return file >> quota >> period && period > 0.0 ? std::optional(quota / period) : std::nullopt;
}

/// What processes of a group may still take: pages of files that are not in use make room.
double memory_left(const std::filesystem::path& folder, bool is_version_1) {
  const auto limit = number_in(folder / (is_version_1 ? "memory.limit_in_bytes" : "memory.max"));
  if (!limit) {
    return std::numeric_limits<double>::infinity();
  }
  const double used = number_in(folder / (is_version_1 ? "memory.usage_in_bytes" : "memory.current")).value_or(0.0);
  const std::string reclaimable = is_version_1 ? "total_inactive_file" : "inactive_file";
  std::ifstream file(folder / "memory.stat");
  std::string name;
  double bytes = 0.0;
  while (file >> name >> bytes && name != reclaimable) {
  }
  return std::max(0.0, *limit - used + (name == reclaimable ? bytes : 0.0));
}

/// How many numbers a list such as 0-3,8 has.
int length_of_list(std::istream& list) {
  int length = 0;
  int first = 0;
  while (list >> first) {
    int last = first;
    if (list.peek() == '-') {
      list.ignore();
      list >> last;
    }
    length += std::max(0, last - first + 1);
    list.ignore();  // the comma
  }
  return length;
}

}  // namespace

ControlGroupLimits control_group_limits(const std::filesystem::path& root) {
  ControlGroupLimits limits;
  const Groups of_cpu = groups_of(root, "cpu");
  for (const auto& folder : of_cpu.folders) {
    limits.cpus = std::min(limits.cpus, cpu_quota(folder, of_cpu.is_version_1).value_or(limits.cpus));
  }
  const Groups of_memory = groups_of(root, "memory");
  for (const auto& folder : of_memory.folders) {
    limits.memory_bytes = std::min(limits.memory_bytes, memory_left(folder, of_memory.is_version_1));
  }
  const Groups of_cores = groups_of(root, "cpuset");
  for (const auto& folder : of_cores.folders) {
    std::ifstream file(folder / (of_cores.is_version_1 ? "cpuset.cpus" : "cpuset.cpus.effective"));
    limits.cores = length_of_list(file);
    if (limits.cores > 0) {
      break;  // of the innermost group, whose cores are among those of the others
    }
  }
  return limits;
}

}  // namespace ailoop
