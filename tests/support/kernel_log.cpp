// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/kernel_log.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/launch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <string_view>

namespace ailoop::test {
namespace {

KernelLog* active_log = nullptr;  // Kokkos' callbacks are plain functions without a context

template <KernelEventKind kind>
void on_begin(const char* label, std::uint32_t device, std::uint64_t* /*id*/) {
  if (active_log != nullptr) {
    active_log->record({kind, label, device});
  }
}

void on_begin_fence(const char* label, std::uint32_t device, std::uint64_t* id) {
  // Kokkos fences everything around what it reports, for tools that measure times, and reports that, too.
  if (!std::string_view(label).ends_with("Kokkos Profile Tool Fence")) {
    on_begin<KernelEventKind::fence>(label, device, id);
  }
}

void on_deep_copy(Kokkos::Tools::SpaceHandle /*to_space*/, const char* to, const void* /*to_data*/,
                  Kokkos::Tools::SpaceHandle /*from_space*/, const char* from, const void* /*from_data*/,
                  std::uint64_t /*bytes*/) {
  if (active_log != nullptr) {
    active_log->record({KernelEventKind::deep_copy, std::string(from) + " -> " + to});
  }
}

std::vector<KernelEvent> select(const std::vector<KernelEvent>& events, auto is_wanted) {
  std::vector<KernelEvent> chosen;
  std::copy_if(events.begin(), events.end(), std::back_inserter(chosen), is_wanted);
  return chosen;
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const KernelEvent& event) {
  constexpr std::array names{"parallel_for", "parallel_reduce", "parallel_scan", "fence", "deep_copy"};
  return os << names.at(static_cast<std::size_t>(event.kind)) << " '" << event.label << "' on " << event.device_id;
}

KernelLog::KernelLog() : m_previous(Kokkos::Tools::Experimental::get_callbacks()) {
  AILOOP_REQUIRE(active_log == nullptr, "KernelLog: another log is alive");
  active_log = this;
  namespace tools = Kokkos::Tools::Experimental;
  tools::set_begin_parallel_for_callback(on_begin<KernelEventKind::parallel_for>);
  tools::set_begin_parallel_reduce_callback(on_begin<KernelEventKind::parallel_reduce>);
  tools::set_begin_parallel_scan_callback(on_begin<KernelEventKind::parallel_scan>);
  tools::set_begin_fence_callback(on_begin_fence);
  tools::set_begin_deep_copy_callback(on_deep_copy);
  kernels::look_for_tools();
}

KernelLog::~KernelLog() {
  Kokkos::Tools::Experimental::set_callbacks(m_previous);
  kernels::look_for_tools();
  active_log = nullptr;
}

std::vector<KernelEvent> KernelLog::kernels() const {
  return select(m_events, [](const KernelEvent& event) {
    return event.kind == KernelEventKind::parallel_for || event.kind == KernelEventKind::parallel_reduce ||
           event.kind == KernelEventKind::parallel_scan;
  });
}

std::vector<KernelEvent> KernelLog::fences() const {
  return select(m_events, [](const KernelEvent& event) { return event.kind == KernelEventKind::fence; });
}

std::vector<std::uint32_t> global_fence_ids() {
  const KernelLog log;
  Kokkos::fence();
  std::vector<std::uint32_t> ids;
  for (const KernelEvent& event : log.events()) {
    ids.push_back(event.device_id);
  }
  return ids;
}

bool fences_are_reported() { return !global_fence_ids().empty(); }

}  // namespace ailoop::test
