// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace ailoop::test {

enum class KernelEventKind { parallel_for, parallel_reduce, parallel_scan, fence, deep_copy };

/// One thing that Kokkos told its tools.
struct KernelEvent {
  KernelEventKind kind;
  std::string label;
  std::uint32_t device_id = 0;  ///< device and instance as Kokkos numbers them; 0 for deep copies
};

std::ostream& operator<<(std::ostream& os, const KernelEvent& event);

/// Records what Kokkos runs during the life of the object, through the callbacks for tools; the callbacks that were
/// set before are put back afterwards. One at a time.
class KernelLog {
 public:
  /// \throws UsageError if another log is alive
  KernelLog();
  KernelLog(const KernelLog&) = delete;
  KernelLog& operator=(const KernelLog&) = delete;
  KernelLog(KernelLog&&) = delete;
  KernelLog& operator=(KernelLog&&) = delete;
  ~KernelLog();

  [[nodiscard]] const std::vector<KernelEvent>& events() const noexcept { return m_events; }

  /// parallel_for, parallel_reduce and parallel_scan, in order.
  [[nodiscard]] std::vector<KernelEvent> kernels() const;

  /// Fences, in order; always empty where this Kokkos does not report them (fences_are_reported()).
  [[nodiscard]] std::vector<KernelEvent> fences() const;

  void clear() noexcept { m_events.clear(); }

  void record(KernelEvent event) { m_events.push_back(std::move(event)); }

 private:
  std::vector<KernelEvent> m_events;
  Kokkos::Tools::Experimental::EventSet m_previous;
};

/// The number under which tools know this instance.
template <class Space>
[[nodiscard]] std::uint32_t device_id(const Space& space) {
  return Kokkos::Tools::Experimental::device_id(space);
}

/// Device ids that a fence of everything has in this Kokkos; empty where it does not report fences (before 3.5 it has
/// the callback and never calls it).
[[nodiscard]] std::vector<std::uint32_t> global_fence_ids();

/// Whether this Kokkos tells its tools about fences.
[[nodiscard]] bool fences_are_reported();

}  // namespace ailoop::test
