#pragma once

namespace ailoop::test {

/// How often memory was allocated so far, with `new` in any of its forms: every View and every label of a kernel is
/// made with these, too. For programs that link ailoop_test_counted_allocations.
[[nodiscard]] long allocations_so_far();

}  // namespace ailoop::test
