#pragma once

#include <cstdint>

namespace ailoop::kernels {

/// Asks the processor to bring `count` numbers near that a loop on the host will read soon, and those it will
/// overwrite. Worth it where arithmetic fills the processor's window, so that it does not run into the next loads by
/// itself. No result depends on it.
template <class X, class Y>
void prefetch([[maybe_unused]] const X* read, [[maybe_unused]] const Y* overwritten,
              [[maybe_unused]] std::int64_t count) {
#if defined(__GNUC__)
  constexpr std::int64_t line = 64;  // bytes; elsewhere a request too many or too few
  for (std::int64_t i = 0; i < count; i += line / static_cast<std::int64_t>(sizeof(X))) __builtin_prefetch(read + i, 0);
  for (std::int64_t i = 0; i < count; i += line / static_cast<std::int64_t>(sizeof(Y))) {
    __builtin_prefetch(overwritten + i, 1);
  }
#endif
}

}  // namespace ailoop::kernels
