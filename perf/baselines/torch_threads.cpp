// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "torch_threads.hpp"
#include <ATen/Parallel.h>

namespace ailoop::perf {

int torch_threads() { return at::get_num_threads(); }

}  // namespace ailoop::perf
