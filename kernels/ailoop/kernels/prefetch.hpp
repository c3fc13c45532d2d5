#pragma once

#include <cstdint>

namespace ailoop::kernels {

/// What will be done with numbers.
enum class Access { read, write };

/// Asks the processor to bring `count` numbers near that a loop on the host will soon read or write. Worth it where
/// arithmetic fills the processor's window, so that it does not run into the next loads by itself. No result depends
/// on it.
template <Access access, class T>
void prefetch([[maybe_unused]] const T* numbers, [[maybe_unused]] std::int64_t count) {
#if defined(__GNUC__)
  constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));  // elsewhere a request too many or too few
  for (std::int64_t i = 0; i < count; i += line) {
    __builtin_prefetch(numbers + i, access == Access::write ? 1 : 0);
  }
#endif
}

}  // namespace ailoop::kernels
