#pragma once

#include <ailoop/core/execution.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

/// \file
/// What a process can run on, and loops over the host's threads, for files that see nothing of Kokkos. Kokkos must be
/// initialized.

namespace ailoop {

/// Name of the execution space behind a place, as Kokkos spells it: "Serial", "OpenMP", "Cuda", ...
/// \throws UsageError for a device that this Kokkos does not have
[[nodiscard]] std::string_view name(Execution execution);

/// Threads that can run at the same time.
/// \throws UsageError for a device that this Kokkos does not have
[[nodiscard]] int concurrency(Execution execution);

/// Host threads that may each run kernels of their own, on the calling thread, at the same time. One while a tool
/// listens, which wants to hear of kernels one after the other.
[[nodiscard]] int independent_threads();

/// A function that somebody else keeps while it is called.
template <class Signature>
class FunctionRef;

template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class Function>
    requires std::is_invocable_r_v<Result, const Function&, Arguments...>
  // NOLINTNEXTLINE(google-explicit-constructor): as a lambda is given where one is expected
  FunctionRef(const Function& function)
      : m_function(std::addressof(function)), m_call([](const void* of, Arguments... arguments) -> Result {
          return (*static_cast<const Function*>(of))(arguments...);
        }) {}

  Result operator()(Arguments... arguments) const { return m_call(m_function, arguments...); }

 private:
  const void* m_function;
  Result (*m_call)(const void*, Arguments...);
};

/// Calls work(0) ... work(n - 1), each on a host thread.
/// \param[in] label qualified name of the kernel, for tools
void for_each_thread(const char* label, std::int64_t n, FunctionRef<void(std::int64_t)> work);

/// The sum of body(first, count) over consecutive stretches of 0 ... n - 1, on the host's threads where that is worth
/// it. Returns when it is there.
/// \param[in] label qualified name of the kernel, for tools
/// \param[in] body  several threads call it at the same time
[[nodiscard]] std::int64_t sum_over_stretches(const char* label, std::int64_t n,
                                              FunctionRef<std::int64_t(std::int64_t, std::int64_t)> body);

}  // namespace ailoop
